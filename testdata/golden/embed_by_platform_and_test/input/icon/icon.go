package icon

import _ "embed"

//go:embed common.txt
var common string
