package sound

// #cgo LDFLAGS: -lasound
import "C"
