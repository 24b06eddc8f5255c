package site

import "embed"

//go:embed pages
var pages embed.FS
