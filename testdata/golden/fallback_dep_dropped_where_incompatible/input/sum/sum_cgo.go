//go:build cgo

package sum

import _ "example.com/repo/fast"
