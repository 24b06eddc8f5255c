//go:build one

package p
