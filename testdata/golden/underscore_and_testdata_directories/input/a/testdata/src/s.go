package src

import "example.com/repo/b"

var _ = b.B
