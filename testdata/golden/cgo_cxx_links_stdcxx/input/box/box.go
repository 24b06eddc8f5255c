package box

// #include "box.h"
import "C"
