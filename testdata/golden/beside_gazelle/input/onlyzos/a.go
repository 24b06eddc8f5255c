//go:build zos

package onlyzos
