package greeting

import "example.com/greet/internal/winapi"

func place() string { return winapi.Name() }
