package c

// #cgo CFLAGS: -DOWN
// #cgo LDFLAGS: -lown
import "C"
