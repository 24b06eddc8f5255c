package api

import _ "example.com/repo/v2"
