// Package banner holds the text that the programs begin with.
package banner

import (
	"embed"
	"strings"
)

//go:embed title.txt
var title string

//go:embed lines/*.txt
var lines embed.FS

// Text is the title and, below it, the number of lines that were embedded with it.
func Text() (string, int, error) {
	entries, err := lines.ReadDir("lines")
	return strings.TrimSpace(title), len(entries), err
}
