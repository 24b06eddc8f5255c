//go:build three

package p
