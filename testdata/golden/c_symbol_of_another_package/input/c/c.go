package c

// int goHalf(int);
import "C"

import _ "example.com/sym/a"

// Half halves with Go of another package.
func Half(n int) int { return int(C.goHalf(C.int(n))) }
