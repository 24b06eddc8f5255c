//go:build two

package p
