//go:build !amd64 && !arm64

package assembly

// Language is what Add was written in.
const Language = "go"

func add(a, b int64) int64 { return a + b }
