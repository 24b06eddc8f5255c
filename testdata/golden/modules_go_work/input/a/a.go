package a

import _ "example.com/ofa"
