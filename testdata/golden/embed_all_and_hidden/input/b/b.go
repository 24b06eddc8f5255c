package b

import "embed"

//go:embed all:dir
var every embed.FS
