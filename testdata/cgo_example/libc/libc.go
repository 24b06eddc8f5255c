// Package libc needs cgo, and of C only what every system has.
package libc

/*
#cgo CFLAGS: -DPARTS_BONUS=1
#cgo linux LDFLAGS: -lm
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int letters(const char *text) { return (int)strlen(text) + PARTS_BONUS; }
*/
import "C"

import "unsafe"

// Letters is the length of a text and a bonus that a flag of the compiler brings.
func Letters(text string) int {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	return int(C.letters(c))
}

// Root is computed by the C library.
func Root(x float64) float64 { return float64(C.sqrt(C.double(x))) }
