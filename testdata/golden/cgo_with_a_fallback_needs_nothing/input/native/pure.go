//go:build !cgo

package native
