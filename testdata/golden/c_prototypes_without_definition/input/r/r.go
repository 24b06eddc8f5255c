package r

/*
#include <stdlib.h>
#include <unistd.h>
#include "r.h"
extern int setns(int, int);
extern void goCallback(int);
int unused(void);
*/
import "C"

//export goCallback
func goCallback(n C.int) {}

// Run asks C.
func Run() {
	C.setns(1, 2)
	C.in_file(C.int(1))
	C.goCallback(2)
}
