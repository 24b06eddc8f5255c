// Package processes needs Linux and cgo; elsewhere it is nothing.
package processes

/*
#include <sys/types.h>
#include <unistd.h>
int is_self(pid_t pid);
*/
import "C"

// IsSelf says whether a number is that of this process.
func IsSelf(pid int) bool { return C.is_self(C.pid_t(pid)) != 0 }
