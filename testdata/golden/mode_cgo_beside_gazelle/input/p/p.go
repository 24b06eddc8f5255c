package p

// #cgo LDFLAGS: -lb -la
import "C"
