package user

import (
	_ "example.com/fix/ptypes/empty"
	_ "example.com/fix/ptypes/old"
)
