package wrap

// #cgo CFLAGS: -I${SRCDIR}/../lib
// #include "body.inc"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
