package r

// #cgo LDFLAGS: -lvirt
import "C"
