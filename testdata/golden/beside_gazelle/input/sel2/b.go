//go:build (linux && amd64) || linux

package sel2
import _ "example.com/fix/dep/two"
