//go:build race && !msan

package tags
