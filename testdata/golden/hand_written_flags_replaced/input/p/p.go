package p

// #cgo CFLAGS: -DFIRST -DWANTED
import "C"
