//go:build go1.9 && !go1.20

package release
import _ "example.com/fix/dep/two"
