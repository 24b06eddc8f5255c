//go:build !linux || !cgo

package kernel

import "runtime"

func name() string { return runtime.GOOS + " (go)" }
