//go:build tools

package repo

import _ "example.com/tool"
