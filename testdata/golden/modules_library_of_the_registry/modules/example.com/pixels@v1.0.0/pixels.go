package pixels

// #cgo pkg-config: libpng
// #include <png.h>
import "C"

// Version is that of the library.
func Version() int { return int(C.png_access_version_number()) }
