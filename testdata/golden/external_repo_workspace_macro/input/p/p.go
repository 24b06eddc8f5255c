package p

import (
	_ "example.org/one/a"
	_ "example.org/other/c"
	_ "example.org/two/b"
)
