//go:build amd64 || arm64 || 386

package sel3
import _ "example.com/fix/dep/two"
