package p

// #cgo linux LDFLAGS: -lpthread -ldl -lm -lrt
// #cgo darwin LDFLAGS: -framework CoreFoundation -lobjc
// #cgo windows LDFLAGS: -lws2_32 -lole32
// #include <stdio.h>
// #ifdef _WIN32
// #include <windows.h>
// #elif defined(__APPLE__)
// #include <CoreFoundation/CoreFoundation.h>
// #else
// #include <sys/epoll.h>
// #endif
import "C"
