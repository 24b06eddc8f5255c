package p

// #cgo LDFLAGS: -lm
import "C"
