// Command greet greets those it is told to, on every platform.
package main

import (
	"fmt"
	"os"

	"example.com/greet/banner"
	"example.com/greet/checksum"
	"example.com/greet/greeting"
)

func main() {
	title, _, err := banner.Text()
	if err != nil {
		fmt.Fprintln(os.Stderr, "greet:", err)
		os.Exit(1)
	}
	fmt.Println(title)
	for _, name := range os.Args[1:] {
		text := greeting.Hello(name)
		fmt.Printf("%s %08x (%s)\n", text, checksum.Sum([]byte(text)), checksum.Engine)
	}
}
