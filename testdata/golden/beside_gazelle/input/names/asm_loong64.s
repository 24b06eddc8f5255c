//go:build loong64

