package one

// #cgo LDFLAGS: -Wl,--as-needed ${SRCDIR}/libone.a -lpthread -lm -ldl
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
