//go:build !purego

package tags
