//go:build linux && loong64

package names
