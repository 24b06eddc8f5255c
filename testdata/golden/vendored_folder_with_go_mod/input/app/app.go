package app

import (
	_ "example.org/dep"
	_ "example.org/dep/sub"
)
