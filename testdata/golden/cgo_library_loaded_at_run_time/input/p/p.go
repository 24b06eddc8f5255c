package p

// #cgo CFLAGS: -I${SRCDIR}/vendored
// #cgo linux LDFLAGS: -ldl
// #include <dlfcn.h>
// #include <api.h>
// static int load(void) { one_t f = (one_t)dlsym(dlopen("libone.so", RTLD_LAZY), "one"); return f ? f() : 0; }
import "C"

// Load asks the library.
func Load() int { return int(C.load()) }
