//go:build solaris || darwin || linux

package sel3
import _ "example.com/fix/dep/three"
