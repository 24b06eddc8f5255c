package q

// #include "sub/y.h"
import "C"
