package second

// #cgo CFLAGS: -I${SRCDIR}/../third_party/one
// #cgo LDFLAGS: ${SRCDIR}/../third_party/one/libone.a
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
