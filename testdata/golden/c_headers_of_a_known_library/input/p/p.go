package p

// #cgo LDFLAGS: -lgit2
// #include <git2/odb_backend.h>
import "C"
