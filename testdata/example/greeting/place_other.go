//go:build !linux && !windows

package greeting

func place() string { return "elsewhere" }
