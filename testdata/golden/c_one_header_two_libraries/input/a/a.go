package a

// #cgo pkg-config: luajit
// #include <lua.h>
import "C"
