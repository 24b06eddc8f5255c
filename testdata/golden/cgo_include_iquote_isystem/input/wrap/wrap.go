package wrap

// #cgo CFLAGS: -isystem ${SRCDIR}/../s -iquote${SRCDIR}/../q
// #include <s.h>
// #include "q.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
