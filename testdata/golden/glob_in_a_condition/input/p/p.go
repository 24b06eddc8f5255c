package p

// #include "c/c.h"
import "C"
