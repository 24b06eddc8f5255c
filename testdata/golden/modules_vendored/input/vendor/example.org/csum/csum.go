package csum

// static int one(void) { return 1; }
import "C"

// Sum asks C.
func Sum() int { return int(C.one()) }
