package by_file

// #include "choice.h"
// #ifdef USE_CODEC
// #include <codec.h>
// #endif
import "C"
