package main

import (
	_ "example.com/forked"
	_ "example.com/new"
	_ "example.com/old"
)

func main() {}
