// +build !go1.9

package release
import _ "example.com/fix/dep/three"
