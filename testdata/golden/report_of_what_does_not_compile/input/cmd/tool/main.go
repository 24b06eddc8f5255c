package main

import "example.com/repo/seal"

func main() { println(seal.Names[0]) }
