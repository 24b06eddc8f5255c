//go:build e2e

package p
