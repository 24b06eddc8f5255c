//go:build !unix

package sys
