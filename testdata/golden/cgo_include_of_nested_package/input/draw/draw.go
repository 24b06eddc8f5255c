package draw

// #cgo CFLAGS: -I../lib -I../lib/include -I../lib/other
// #include "lib.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
