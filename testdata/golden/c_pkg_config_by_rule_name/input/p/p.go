package p

// #cgo pkg-config: foo
// #include <foo.h>
import "C"
