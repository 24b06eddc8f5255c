package main

import (
	_ "example.com/direct"
	_ "example.com/imported"
	_ "example.com/major/v2"
)

func main() {}
