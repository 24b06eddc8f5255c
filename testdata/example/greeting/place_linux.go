package greeting

import "example.com/greet/internal/posix"

func place() string { return posix.Name() }
