package script

// #cgo pkg-config: python3
// #include <Python.h>
import "C"
