package wrap

// #cgo CFLAGS: -include ${SRCDIR}/../conf/config.h
// static int one(void) { return ONE; }
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
