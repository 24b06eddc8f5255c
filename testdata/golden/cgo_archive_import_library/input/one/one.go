package one

// #cgo windows LDFLAGS: -L${SRCDIR}/lib -lone
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
