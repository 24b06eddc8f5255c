package deep

// #include "deep/lib/wide.h"
// #include "deep/lib/whole.h"
import "C"

// Wide is C's.
func Wide(n int) int { return int(C.wide_of(C.int(n)) + C.whole_of(C.int(n))) }
