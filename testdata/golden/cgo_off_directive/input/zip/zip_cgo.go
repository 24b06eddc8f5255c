//go:build cgo

package zip

// #include "zip.h"
import "C"
