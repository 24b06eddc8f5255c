//go:build go2.0

package release
import _ "example.com/fix/dep/four"
