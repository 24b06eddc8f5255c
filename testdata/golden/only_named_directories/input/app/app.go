package app

import _ "example.com/repo/lib"
