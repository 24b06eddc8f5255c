package app

import _ "example.com/repo/reg"
