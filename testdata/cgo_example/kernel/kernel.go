// Package kernel asks C on Linux and falls back to Go elsewhere, and where cgo is off.
package kernel

// Name is what the system is called, and who said so.
func Name() string { return name() }
