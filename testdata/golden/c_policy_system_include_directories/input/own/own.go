package own

// #cgo pkg-config: vendorthing libseccomp
// #include <vendorthing.h>
import "C"
