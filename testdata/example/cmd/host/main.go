// Command host prints the machine it runs on; it needs Linux and a C toolchain.
package main

import (
	"fmt"
	"os"

	"example.com/greet/sysinfo"
)

func main() {
	machine, err := sysinfo.Machine()
	if err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
	fmt.Println("machine:", machine)
}
