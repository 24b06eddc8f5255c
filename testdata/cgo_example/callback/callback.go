// Package callback is called by C.
package callback

// int each_up_to(int limit);
import "C"

var total int

//export callbackAdd
func callbackAdd(value C.int) { total += int(value) }

// Total is the sum of the numbers up to a limit, which C counts and Go adds.
func Total(limit int) int {
	total = 0
	C.each_up_to(C.int(limit))
	return total
}
