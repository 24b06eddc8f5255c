package emb

import _ "embed"

//go:embed l.txt
var L string
