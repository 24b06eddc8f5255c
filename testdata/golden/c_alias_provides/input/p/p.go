package p

// #cgo LDFLAGS: -lcodec
// #include <codec.h>
import "C"
