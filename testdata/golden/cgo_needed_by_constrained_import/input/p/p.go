//go:build linux && (amd64 || arm64)

package p

import "example.com/packed/one"

func One() int { return one.One() }
