package v

import _ "embed"

//go:embed version.txt
var version string
