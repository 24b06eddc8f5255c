package q

// #cgo LDFLAGS: -lalpha
import "C"
