package draw

// #cgo CFLAGS: -I${SRCDIR}/../include -DDRAW
// #include "draw.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
