//go:build unix

package p

import _ "example.com/repo/term"
