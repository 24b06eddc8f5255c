package draw

// #cgo CFLAGS: -I${SRCDIR}/include -Iinclude/sub -I/usr/include/x
// #cgo CFLAGS: -iquote ${SRCDIR} -include config.h
// #cgo LDFLAGS: ${SRCDIR}/libdraw.a -L${SRCDIR}/lib
// #include "draw.h"
import "C"
