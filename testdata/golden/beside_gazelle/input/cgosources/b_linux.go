package cgosources

import "C"
