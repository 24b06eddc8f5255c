package seal

// #cgo static LDFLAGS: -lseal_static
// #cgo !static LDFLAGS: -lseal
// #cgo !static CFLAGS: -DSHARED
// #cgo nothere CFLAGS: -DNOTHERE
// #cgo !nothere CFLAGS: -DHERE
// int seal(void);
import "C"

// Seal asks a library.
func Seal() int { return int(C.seal()) }
