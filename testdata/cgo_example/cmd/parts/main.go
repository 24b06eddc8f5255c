// Command parts uses every part that its platform has, and prints a line for each.
package main

import (
	"fmt"
	"runtime"

	"example.com/parts"
	"example.com/parts/assembly"
	"example.com/parts/callback"
	"example.com/parts/clamp"
	"example.com/parts/counted"
	"example.com/parts/kernel"
	"example.com/parts/libc"
	"example.com/parts/mirror"
	"example.com/parts/motto"
	"example.com/parts/product"
	"example.com/parts/shapes"
	"example.com/parts/tagged"
	"example.com/parts/words"
)

func main() {
	box := shapes.Box{Width: 3, Height: 4}
	fmt.Println("platform:", runtime.GOOS, runtime.GOARCH)
	fmt.Println("words:", words.Count("one two three"))
	fmt.Println("motto:", motto.Text(), motto.More())
	fmt.Println("assembly:", assembly.Add(40, 2), assembly.Language)
	fmt.Println("kernel:", kernel.Name())
	fmt.Println("libc:", libc.Letters("four"), libc.Root(81))
	fmt.Println("shapes:", box.Area(), box.Girth())
	fmt.Println("clamp:", clamp.Clamp(99), clamp.High)
	fmt.Println("product:", product.Of(6, 7))
	fmt.Println("mirror:", mirror.Text("stop"))
	fmt.Println("callback:", callback.Total(4))
	fmt.Println("root:", parts.Weigh(7))
	fmt.Println("counted:", counted.Letters("three"))
	fmt.Println("tagged:", tagged.Voice())
	here()
}
