package main

import "example.com/packed/one"

func main() { println(one.Call()) }
