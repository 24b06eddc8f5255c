package f

// #cgo FFLAGS: -O2
// #cgo LDFLAGS: -lm
import "C"
