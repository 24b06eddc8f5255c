package q

// extern int engine_run(int);
import "C"

// Run asks C.
func Run() int { return int(C.engine_run(1)) }
