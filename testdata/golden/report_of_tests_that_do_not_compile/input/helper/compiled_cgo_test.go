//go:build cgo

package helper

func compiled() bool { return true }
