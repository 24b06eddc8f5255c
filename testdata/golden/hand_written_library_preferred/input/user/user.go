package user

import (
	_ "example.com/api/v1"
	_ "example.com/split"
)
