package b

// #cgo LDFLAGS: -llua
// #include <lua.h>
import "C"
