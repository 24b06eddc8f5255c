package q

import "C"
