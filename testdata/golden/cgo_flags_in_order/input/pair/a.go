package pair

// #cgo CFLAGS: -DZ=1 -DA=2
// #cgo CFLAGS: -UZ
// #cgo pkg-config: zlib
// #cgo CPPFLAGS: -DPP="two words"
// #cgo LDFLAGS: -Wl,--start-group -lz -la -Wl,--end-group
import "C"
