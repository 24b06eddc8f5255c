package sys

// #cgo LDFLAGS: -lmadeup -lm
// #include <madeup.h>
import "C"

// Two is two.
func Two() int { return int(C.two()) }
