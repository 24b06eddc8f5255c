package p

// #cgo LDFLAGS: -lfoo;rm
import "C"
