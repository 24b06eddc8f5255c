package one

// #cgo LDFLAGS: ${SRCDIR}/libone_windows.a
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
