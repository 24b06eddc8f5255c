package q

// #cgo LDFLAGS: -lcodec
// #include <codec/format.h>
// #include <src/inner.h>
import "C"
