//go:build !windows

package sel
import _ "example.com/fix/dep/four"
