package p

// #include <codec.h>
import "C"
