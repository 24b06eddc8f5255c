package wrap

// #cgo CFLAGS: -I${SRCDIR}/../lib
// #include "a.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
