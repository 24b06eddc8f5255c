package main

import (
	"example.com/repo/pure"
	"example.com/repo/sys"
)

func main() { println(pure.One + sys.Two()) }
