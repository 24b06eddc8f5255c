package main

import (
	_ "example.com/forced"
	_ "example.com/generated/more"
	_ "example.com/generated/sub"
	_ "example.com/overridden"
	_ "example.com/shipped/both"
	_ "example.com/shipped/made"
	_ "example.com/shipped/old"
	_ "example.com/shipped/own"
	_ "example.com/shipped/plain"
	_ "github.com/google/cel-go/cel"
)

func main() {}
