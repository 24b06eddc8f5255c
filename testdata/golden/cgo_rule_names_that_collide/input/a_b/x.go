package a_b

// #cgo CFLAGS: -I${SRCDIR}/../include
// #include <h.h>
import "C"
