//go:build !arm64 && !windows

package sel2
import _ "example.com/fix/dep/four"
