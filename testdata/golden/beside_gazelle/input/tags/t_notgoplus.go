//go:build !(go1.30 && linux)

package tags
