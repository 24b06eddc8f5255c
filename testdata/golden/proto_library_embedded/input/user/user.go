package user

import (
	_ "example.com/repo/only"
	_ "example.com/repo/p"
)
