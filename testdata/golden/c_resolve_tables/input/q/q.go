package q

// #cgo LDFLAGS: -lepsilon -lzeta
import "C"
