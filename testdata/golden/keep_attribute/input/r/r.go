package r

import _ "example.com/other/p"
