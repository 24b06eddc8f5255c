//go:build !windows

package sel3
import _ "example.com/fix/dep/five"
import _ "testing"
