package q

// #cgo CFLAGS: -DX=$(location :secret)
import "C"
