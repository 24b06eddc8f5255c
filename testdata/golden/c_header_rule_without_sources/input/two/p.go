package two

// #include <api.h>
import "C"
