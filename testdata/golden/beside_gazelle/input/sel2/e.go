//go:build darwin || cgo

package sel2
import _ "example.com/fix/dep/five"
