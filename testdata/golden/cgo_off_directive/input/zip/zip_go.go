//go:build !cgo

package zip
