//go:build !amd64 && !arm64

package sum

import _ "example.com/repo/slow"
