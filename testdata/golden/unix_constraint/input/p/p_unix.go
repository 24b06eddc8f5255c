package p

import _ "example.com/repo/name_only"
