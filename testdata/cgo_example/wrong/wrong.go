// Package wrong links one archive on every platform, which was compiled for amd64.
package wrong

// #cgo CFLAGS: -I${SRCDIR}/lib
// #cgo LDFLAGS: ${SRCDIR}/lib/libminus.a
// #include "minus.h"
import "C"

// Minus subtracts in the library.
func Minus(a, b int) int { return int(C.minus_of(C.int(a), C.int(b))) }
