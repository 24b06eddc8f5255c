package draw

// #cgo CFLAGS: -I${SRCDIR}/../include
// #include <draw/draw.h>
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
