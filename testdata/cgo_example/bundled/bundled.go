// Package bundled links a library that somebody compiled and put beside it, for Linux alone.
package bundled

// #cgo CFLAGS: -I${SRCDIR}/lib
// #cgo linux,amd64 LDFLAGS: ${SRCDIR}/lib/linux_amd64/libsum.a
// #cgo linux,arm64 LDFLAGS: -L${SRCDIR}/lib/linux_arm64 -lsum
// #cgo windows,arm64 LDFLAGS: ${SRCDIR}/lib/windows_arm64/libsum.a
// #include "sum.h"
import "C"

// Sum adds in the library.
func Sum(a, b int) int { return int(C.sum_of(C.int(a), C.int(b))) }
