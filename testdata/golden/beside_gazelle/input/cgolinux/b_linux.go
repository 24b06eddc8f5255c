package cgolinux

// #cgo LDFLAGS: -lm -ldl
// #cgo CFLAGS: -DX=1
import "C"
