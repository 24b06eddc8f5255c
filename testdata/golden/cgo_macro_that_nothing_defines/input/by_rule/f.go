package by_rule

// #include <settings.h>
// #ifdef WITH_CODEC
// #include <codec.h>
// #endif
import "C"
