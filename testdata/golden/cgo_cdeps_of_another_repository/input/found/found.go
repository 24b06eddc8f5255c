package found

// #include "seal.h"
// #include "seal/tap.h"
import "C"
