package seal

// #include "seal.h"
import "C"
