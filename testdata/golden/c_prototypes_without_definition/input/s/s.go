package s

// int engine_stop(void);
import "C"

// Run asks C.
func Run() { C.engine_stop() }
