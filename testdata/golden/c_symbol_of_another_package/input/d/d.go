package d

// int shared(int);
import "C"

// Twice has no C.
func Twice(n int) int { return int(C.shared(C.int(n))) }
