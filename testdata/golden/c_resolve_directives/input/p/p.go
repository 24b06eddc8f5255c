package p

// #cgo LDFLAGS: -lalpha
// #cgo pkg-config: gamma
// #include <delta.h>
import "C"
