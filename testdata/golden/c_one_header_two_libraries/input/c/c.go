package c

// #include <lua.h>
import "C"
