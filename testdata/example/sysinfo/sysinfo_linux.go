// Package sysinfo asks the C library for the name of the machine. There is no other way in here, so it
// is for Linux with cgo only.
package sysinfo

/*
#include <stdlib.h>
#include <sys/utsname.h>

int sysinfo_uname(struct utsname *into);
*/
import "C"

import "fmt"

// Machine is the machine's architecture as the kernel names it, for example "x86_64".
func Machine() (string, error) {
	var name C.struct_utsname
	if status := C.sysinfo_uname(&name); status != 0 {
		return "", fmt.Errorf("uname: status %d", int(status))
	}
	return C.GoString(&name.machine[0]), nil
}
