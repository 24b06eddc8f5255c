package main

import "example.com/sym/a"

func main() { println(a.Twice(21)) }
