//go:build cgo

package kernel

/*
#include <sys/utsname.h>

static struct utsname names;
static const char *system_name(void) { return uname(&names) == 0 ? names.sysname : "?"; }
*/
import "C"

func name() string { return C.GoString(C.system_name()) + " (c)" }
