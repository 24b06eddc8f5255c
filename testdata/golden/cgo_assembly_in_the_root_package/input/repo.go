package repo

// #cgo CFLAGS: -DTWO=2
// int two(void);
import "C"

// Two asks the assembly.
func Two() int { return int(C.two()) }
