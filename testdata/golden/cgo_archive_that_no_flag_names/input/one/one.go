package one

// #cgo linux,amd64 LDFLAGS: -L${SRCDIR}/lib/linux/amd64 -lone
// #cgo linux,arm64 LDFLAGS: -L${SRCDIR}/lib/linux/arm64 -lone
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
