//go:build !cgo

package sum
