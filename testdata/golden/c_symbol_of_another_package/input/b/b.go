package b

// int shared(int);
import "C"

// One is C's.
func One() int { return int(C.shared(1)) }

//export goHalf
func goHalf(n C.int) C.int { return n / 2 }
