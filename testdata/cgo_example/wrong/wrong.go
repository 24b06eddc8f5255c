// Package wrong links one archive on every platform, which was compiled for amd64.
package wrong

// #cgo LDFLAGS: ${SRCDIR}/lib/libminus.a
// int minus_of(int, int);
import "C"

// Minus subtracts in the library.
func Minus(a, b int) int { return int(C.minus_of(C.int(a), C.int(b))) }
