package app

import _ "github.example/other/lib/sub"
