package p

// extern int engine_run(int);
// void engine_stop(void);
// int unused(void);
import "C"

// Run asks C.
func Run() int {
	defer C.engine_stop()
	return int(C.engine_run(1))
}
