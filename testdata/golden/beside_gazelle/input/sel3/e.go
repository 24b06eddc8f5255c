//go:build !(linux && (amd64 || arm64))

package sel3
import _ "example.com/fix/dep/five"
