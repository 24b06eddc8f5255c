package cgoinclude

// #cgo CFLAGS: -I${SRCDIR}/inc
import "C"
