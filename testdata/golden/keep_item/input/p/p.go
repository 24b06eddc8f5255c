package p

import (
	_ "example.com/repo/q"
	_ "example.com/repo/r"
)
