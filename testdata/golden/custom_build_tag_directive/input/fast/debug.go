//go:build debug

package fast
