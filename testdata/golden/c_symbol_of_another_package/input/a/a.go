package a

// int shared(int);
import "C"

import _ "example.com/sym/b"

// Twice doubles with C of another package.
func Twice(n int) int { return int(C.shared(C.int(n))) }
