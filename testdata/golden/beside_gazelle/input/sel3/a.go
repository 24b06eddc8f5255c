//go:build linux || !linux

package sel3
import _ "example.com/fix/dep/one"
