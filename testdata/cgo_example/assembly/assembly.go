// Package assembly adds in Go's own assembly where there is some, and in Go elsewhere.
package assembly

// Add is a + b.
func Add(a, b int64) int64 { return add(a, b) }
