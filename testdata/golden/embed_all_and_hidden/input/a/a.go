package a

import "embed"

//go:embed dir
var plain embed.FS
