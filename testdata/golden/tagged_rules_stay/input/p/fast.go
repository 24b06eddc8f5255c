//go:build fast

package p
