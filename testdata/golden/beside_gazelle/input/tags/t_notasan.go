//go:build !asan

package tags
