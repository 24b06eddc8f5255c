package first

// #cgo CFLAGS: -I${SRCDIR}/../third_party/one
// #cgo LDFLAGS: -L${SRCDIR}/../third_party/one -lone
// #include "one.h"
import "C"

// Call asks C.
func Call() int { return int(C.one()) }
