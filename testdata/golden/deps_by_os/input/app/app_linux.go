package app

import (
	_ "example.com/repo/dep/always"
	_ "example.com/repo/dep/unix"
)
