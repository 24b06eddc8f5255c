// Package clamp has its headers in a directory that is no package, and takes its C from there as text.
package clamp

// #cgo CFLAGS: -I${SRCDIR}/../native/include
// #include <clamp.h>
import "C"

// High is the largest value there is.
const High = C.CLAMP_HIGH

// Clamp forces a value between the bounds.
func Clamp(value int) int { return int(C.clamp(C.int(value))) }
