package wrap

// #cgo CFLAGS: -I${SRCDIR}/zlite/include
// #include <zlite.h>
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
