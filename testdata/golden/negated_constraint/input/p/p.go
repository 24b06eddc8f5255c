//go:build !windows

package p

import _ "example.com/repo/q"
