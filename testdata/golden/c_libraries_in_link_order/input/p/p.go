package p

// #cgo LDFLAGS: -lupper -lbase
import "C"
