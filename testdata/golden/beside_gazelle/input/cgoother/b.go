//go:build other

package cgoother

// #cgo LDFLAGS: -lm
import "C"
