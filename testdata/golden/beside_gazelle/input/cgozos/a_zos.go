package cgozos

import "C"
