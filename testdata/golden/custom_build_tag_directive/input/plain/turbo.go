//go:build turbo

package plain

import _ "example.com/repo/fast"
