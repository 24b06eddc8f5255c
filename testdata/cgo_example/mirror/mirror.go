// Package mirror has C++ behind a C header.
package mirror

// #cgo CXXFLAGS: -std=c++11
// #include <stdlib.h>
// #include "mirror.h"
import "C"

import "unsafe"

// Text is the text, read backwards.
func Text(text string) string {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	turned := C.mirror_text(c)
	defer C.free(unsafe.Pointer(turned))
	return C.GoString(turned)
}
