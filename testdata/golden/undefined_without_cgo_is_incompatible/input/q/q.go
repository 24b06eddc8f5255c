package q

import _ "example.org/sys/linux"
