package repo

import _ "example.com/tools/lint"
