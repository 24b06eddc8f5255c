package q

import _ "example.com/repo/p"
