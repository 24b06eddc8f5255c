//go:build static

package ring

// #cgo LDFLAGS: -lring_static
// int ring(void);
import "C"

// Ring asks the static library.
func Ring() int { return int(C.ring()) }
