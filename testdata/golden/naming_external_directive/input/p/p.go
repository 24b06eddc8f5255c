package p

import _ "example.org/one/a"
