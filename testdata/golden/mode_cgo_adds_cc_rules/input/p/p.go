package p

// #cgo CFLAGS: -I${SRCDIR}/../include -DX
// #cgo LDFLAGS: -lfoo -lm
// #include "a.h"
import "C"
