package p

import (
	_ "example.com/five/e"
	_ "example.com/four/d/f"
	_ "example.com/one/a/b"
	_ "example.com/six/f"
	_ "example.com/three/c"
	_ "example.com/two/b"
)
