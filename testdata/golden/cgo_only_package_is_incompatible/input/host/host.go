package host

// #include <stdlib.h>
import "C"
