package p

// #cgo LDFLAGS: -lz
// #cgo pkg-config: libzstd
// #include <zlib.h>
// #include <zstd.h>
import "C"
