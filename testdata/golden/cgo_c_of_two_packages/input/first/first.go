package first

// #cgo CFLAGS: -I${SRCDIR}/../c
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
