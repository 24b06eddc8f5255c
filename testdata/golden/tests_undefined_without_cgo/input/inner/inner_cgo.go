package inner

// static int seal(int n) { return n * 31; }
import "C"

// Seal is computed in C.
func Seal(n int) int { return int(C.seal(C.int(n))) }

func inC() bool { return true }
