//go:build !other

package tags
