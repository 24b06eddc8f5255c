package r

// #cgo LDFLAGS: -lacme
// #include <acme/acme.h>
// #include <acme/extra.h>
import "C"
