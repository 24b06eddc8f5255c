//go:build !loud || !cgo

package tagged

func voice() string { return "quiet" }
