package p

// #cgo CFLAGS: -I${SRCDIR}/../include
// #include "a.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
