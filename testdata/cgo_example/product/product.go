// Package product hands assembly to the C compiler.
package product

// #include "product.h"
import "C"

// Of is a * b.
func Of(a, b int64) int64 { return int64(C.product_of(C.longlong(a), C.longlong(b))) }
