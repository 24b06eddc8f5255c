//go:build zos

package names
