//go:build linux && (amd64 || arm64)

package p

import "example.com/repo/native"

func One() int { return native.One() }
