// Package parts is in the root and has C of its own, which includes files of a directory below it.
package parts

// #cgo CFLAGS: -I${SRCDIR}
// #include <below/weigh.h>
import "C"

// Weigh is the weight of n parts.
func Weigh(n int) int { return int(C.weigh(C.int(n))) }
