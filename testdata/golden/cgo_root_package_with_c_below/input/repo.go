package repo

// #include "c/twice.h"
// #include "c/twice.c"
import "C"

// Twice asks the C below.
func Twice(n int) int { return int(C.twice(C.int(n))) }
