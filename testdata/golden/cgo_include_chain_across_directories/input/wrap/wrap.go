package wrap

// #include "../a/a.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
