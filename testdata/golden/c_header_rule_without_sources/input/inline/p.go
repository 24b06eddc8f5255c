package inline

// #include <small.h>
import "C"
