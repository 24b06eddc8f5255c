// Command plain uses the parts that do without C where they must.
package main

import (
	"fmt"

	"example.com/parts/assembly"
	"example.com/parts/counted"
	"example.com/parts/kernel"
	"example.com/parts/motto"
	"example.com/parts/words"
)

func main() {
	fmt.Println("words:", words.Count("one two three"))
	fmt.Println("motto:", motto.Text(), motto.More())
	fmt.Println("assembly:", assembly.Add(40, 2), assembly.Language)
	fmt.Println("kernel:", kernel.Name())
	fmt.Println("counted:", counted.Letters("three"))
}
