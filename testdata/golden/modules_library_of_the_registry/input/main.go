package main

import "example.com/pixels"

func main() { println(pixels.Version()) }
