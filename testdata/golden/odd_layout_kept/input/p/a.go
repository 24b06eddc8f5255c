package p

import (
	_ "example.com/repo/p/r"
	_ "example.com/repo/q"
)
