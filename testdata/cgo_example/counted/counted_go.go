//go:build !cgo

package counted

// Letters counts in Go.
func Letters(text string) int { return len(text) }
