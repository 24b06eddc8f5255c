package second

// #cgo CFLAGS: -I${SRCDIR}/..
// #include "c/more.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
