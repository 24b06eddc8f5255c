package p

// #include "z/z.h"
// #cgo CFLAGS: -I${SRCDIR}/..
import "C"

func Z() int { return int(C.z()) }
