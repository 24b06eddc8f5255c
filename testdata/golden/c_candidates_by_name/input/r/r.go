package r

// #cgo LDFLAGS: -lmagic-maths
import "C"
