package q

// #cgo CFLAGS: -I${SRCDIR}/../lib
// #include "codec.h"
import "C"

// Open asks C.
func Open() int { return int(C.codec_open()) }
