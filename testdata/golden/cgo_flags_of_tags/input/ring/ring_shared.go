//go:build !static

package ring

// #cgo LDFLAGS: -lring
// #include "ring.h"
import "C"

// Ring asks the shared library.
func Ring() int { return int(C.ring()) }
