//go:build cgo

package sum

import "example.com/repo/fast"

func One() int { return fast.One() }
