//go:build !linux

package p

import _ "example.com/repo/q"
