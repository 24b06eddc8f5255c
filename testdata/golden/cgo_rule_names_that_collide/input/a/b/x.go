package b

// #cgo CFLAGS: -I${SRCDIR}/../../include
// #include <h.h>
import "C"
