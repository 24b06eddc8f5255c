//go:build boringcrypto

package tags
