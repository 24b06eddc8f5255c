package q

// #cgo LDFLAGS: -framework Security
import "C"
