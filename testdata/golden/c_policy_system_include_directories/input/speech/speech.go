package speech

// #cgo CPPFLAGS: -DFIXED_POINT
// #cgo pkg-config: opus
// #include <opus.h>
import "C"
