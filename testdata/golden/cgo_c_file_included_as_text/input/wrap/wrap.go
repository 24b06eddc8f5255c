package wrap

// #include "../lib/x.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
