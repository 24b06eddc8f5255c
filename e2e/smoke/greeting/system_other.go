//go:build !linux && !windows

package greeting

const system = "elsewhere"
