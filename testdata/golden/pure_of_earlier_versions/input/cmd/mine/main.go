package main

import "example.com/repo/native"

func main() { println(native.One()) }
