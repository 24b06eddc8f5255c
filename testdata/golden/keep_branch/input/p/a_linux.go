package p

import _ "e/other"
