package wrap

// #cgo CFLAGS: -I${SRCDIR}/../lib/new -I${SRCDIR}/../lib/legacy
// #include "conf.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
