package missing

import _ "embed"

//go:embed nothing.txt
var text string
