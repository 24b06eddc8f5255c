//go:build wasip1

package names
