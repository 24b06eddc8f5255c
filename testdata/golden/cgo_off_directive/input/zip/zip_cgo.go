//go:build cgo

package zip

// #cgo CFLAGS: -I${SRCDIR}/../include
// #cgo LDFLAGS: -lnobody_has_this
// #include "zip.h"
// #include "more.h"
import "C"
