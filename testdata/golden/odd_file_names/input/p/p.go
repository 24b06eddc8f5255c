package p

import "embed"

//go:embed files
var files embed.FS
