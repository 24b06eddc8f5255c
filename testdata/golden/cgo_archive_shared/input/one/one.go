package one

// #cgo linux,amd64 LDFLAGS: -L${SRCDIR}/lib/amd64 -Wl,-rpath,${SRCDIR}/lib/amd64 -lone
// #cgo linux,arm64 LDFLAGS: -L${SRCDIR}/lib/arm64 -Wl,-rpath,${SRCDIR}/lib/arm64 -lone
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
