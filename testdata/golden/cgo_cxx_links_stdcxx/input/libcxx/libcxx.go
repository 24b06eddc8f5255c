package libcxx

// #cgo darwin LDFLAGS: -lc++
// #cgo !darwin LDFLAGS: -lstdc++
import "C"
