package by_flag

// #cgo CFLAGS: -DUSE_CODEC
// #ifdef USE_CODEC
// #include <codec.h>
// #endif
import "C"
