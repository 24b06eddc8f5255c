package p

import _ "example.org/c"
