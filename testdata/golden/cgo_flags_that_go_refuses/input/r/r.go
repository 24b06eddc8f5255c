package r

// #cgo CFLAGS: "-DX
import "C"
