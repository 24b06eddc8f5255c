package a

import (
	_ "example.com/api"
	_ "example.com/repo/real"
)
