package icon

import _ "embed"

//go:embed icon.ico
var data []byte
