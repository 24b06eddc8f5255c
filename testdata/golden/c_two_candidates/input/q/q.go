package q

// #cgo LDFLAGS: -lcodec_b
// #include <codec.h>
import "C"
