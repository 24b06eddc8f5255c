package repo

import _ "example.com/tool"
