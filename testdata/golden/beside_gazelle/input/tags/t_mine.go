//go:build mine

package tags
