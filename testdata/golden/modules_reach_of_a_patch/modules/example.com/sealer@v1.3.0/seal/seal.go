package seal

// #cgo CFLAGS: -I${SRCDIR}/../include
// #include <seal.h>
import "C"

// Seal is computed in C.
func Seal(n int) int { return int(C.seal(C.int(n))) }
