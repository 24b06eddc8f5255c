package p

// #cgo CFLAGS: -I${SRCDIR}/../lib
// #include "x.h"
import "C"

// One is declared in C.
const One = C.int(1)
