package p

import _ "example.com/nowhere"
