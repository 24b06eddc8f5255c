//go:build unix

package sys

// #include "sys.h"
import "C"
