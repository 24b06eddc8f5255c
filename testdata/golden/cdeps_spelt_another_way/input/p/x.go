package p

// #include <l.h>
import "C"
