// Hello prints a greeting.
package main

import (
	"fmt"

	"example.com/smoke/greeting"
)

func main() { fmt.Println(greeting.Text()) }
