package p

import _ "example.com/shared"
