//go:build turbo

package fast
