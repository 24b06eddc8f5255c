// Package motto embeds a file and a directory.
package motto

import (
	"embed"
	"strings"
)

//go:embed motto.txt
var text string

//go:embed more
var more embed.FS

// Text is the motto.
func Text() string { return strings.TrimSpace(text) }

// More is the number of further mottos.
func More() int {
	entries, err := more.ReadDir("more")
	if err != nil {
		panic(err)
	}
	return len(entries)
}
