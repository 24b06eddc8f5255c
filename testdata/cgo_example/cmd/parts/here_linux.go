package main

import (
	"fmt"
	"os"

	"example.com/parts/bundled"
	"example.com/parts/processes"
)

func here() {
	fmt.Println("bundled:", bundled.Sum(2, 3))
	fmt.Println("processes:", processes.IsSelf(os.Getpid()))
}
