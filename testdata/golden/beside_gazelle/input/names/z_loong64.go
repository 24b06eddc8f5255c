//go:build loong64

package names
import _ "example.com/fix/dep/four"
