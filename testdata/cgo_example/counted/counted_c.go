//go:build cgo

package counted

// #include <stdlib.h>
// #include <string.h>
import "C"

import "unsafe"

// Letters counts in C.
func Letters(text string) int { return inC(text) }

func inC(text string) int {
	copied := C.CString(text)
	defer C.free(unsafe.Pointer(copied))
	return int(C.strlen(copied))
}
