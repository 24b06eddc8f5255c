package by_version

// #include <stdio.h>
// #if LIBC_VERSION > 3
// #include <codec.h>
// #endif
import "C"
