//go:build darwin && cgo

package key

func Sign() {}
