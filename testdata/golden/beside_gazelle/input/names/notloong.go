//go:build !loong64

package names
