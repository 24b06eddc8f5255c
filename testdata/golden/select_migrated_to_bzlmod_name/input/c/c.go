//go:build cgo

package c

import "C"
