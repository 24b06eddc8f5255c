//go:build amd64 || arm64

package assembly

// Language is what Add was written in.
const Language = "assembly"

//go:noescape
func add(a, b int64) int64
