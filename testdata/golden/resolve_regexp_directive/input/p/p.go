package p

import (
	_ "example.com/gen/a/b"
	_ "example.com/gen/a/exact"
)
