package q

// #include <l.h>
import "C"
