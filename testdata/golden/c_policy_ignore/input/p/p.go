package p

// #cgo LDFLAGS: -lnobody_has_this
import "C"
