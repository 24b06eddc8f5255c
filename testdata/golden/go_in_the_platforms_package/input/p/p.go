package p

import _ "example.com/repo/platforms"
