//go:build !appengine

package tags
