// Package shapes links a C library that the tree builds by itself.
package shapes

// #cgo CFLAGS: -I${SRCDIR}/../third_party/shapes/include
// #cgo LDFLAGS: -L${SRCDIR}/../third_party/shapes -lshapes
// #include <shapes/box.h>
import "C"

// Box is a rectangle.
type Box struct{ Width, Height int }

func (b Box) c() C.struct_box {
	return C.struct_box{width: C.shapes_number(b.Width), height: C.shapes_number(b.Height)}
}

// Area is what is inside.
func (b Box) Area() int { return int(C.box_area(b.c())) }

// Girth is how far it is around.
func (b Box) Girth() int { return int(C.box_girth(b.c())) }
