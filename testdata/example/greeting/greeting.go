// Package greeting says hello and where it does so.
package greeting

import "fmt"

// Hello greets name from the system that the program was built for.
func Hello(name string) string {
	return fmt.Sprintf("Hello, %s, from %s.", name, place())
}
