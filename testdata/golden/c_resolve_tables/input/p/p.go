package p

// #cgo LDFLAGS: -lalpha
// #cgo linux,amd64 LDFLAGS: -lbeta
// #cgo linux,arm64 LDFLAGS: -lbeta
// #cgo pkg-config: gamma
// #include <delta.h>
import "C"
