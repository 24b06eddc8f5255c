package main

import (
	"example.com/sealer/plain"
	"example.com/sealer/seal"
)

func main() { println(plain.Name, seal.Seal(2)) }
