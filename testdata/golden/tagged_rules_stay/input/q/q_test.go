//go:build e2e

package q
