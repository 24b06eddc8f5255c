package seal

// #cgo LDFLAGS: -lseal-tap
// int tap(void);
import "C"

// Call asks the library.
func Call() int { return int(C.tap()) }
