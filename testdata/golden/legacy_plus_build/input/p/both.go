// +build linux,arm64 windows
// +build !purego

package p

import _ "example.com/repo/q"
