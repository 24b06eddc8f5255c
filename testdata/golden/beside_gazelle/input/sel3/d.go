//go:build js && wasm

package sel3
import _ "example.com/fix/dep/four"
