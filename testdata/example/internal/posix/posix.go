//go:build linux

// Package posix names a POSIX system.
package posix

// Name is the name of the system.
func Name() string { return "linux" }
