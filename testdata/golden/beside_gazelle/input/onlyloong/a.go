//go:build loong64

package onlyloong
