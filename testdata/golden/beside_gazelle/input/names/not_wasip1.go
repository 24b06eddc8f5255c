//go:build !wasip1

package names
import _ "example.com/fix/dep/five"
