package emb

import _ "embed"

//go:embed a.txt
var A string
