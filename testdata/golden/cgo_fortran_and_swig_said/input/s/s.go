package s

import "C"
