package web

import "embed"

//go:embed static/*.css "odd name.txt"
var files embed.FS

//go:embed `raw.bin` static/img
var more embed.FS
