package main

import "example.com/repo/one"

func main() { println(one.Call()) }
