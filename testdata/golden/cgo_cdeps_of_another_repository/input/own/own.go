package own

// #include "seal.h"
import "C"
