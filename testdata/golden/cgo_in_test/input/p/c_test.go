package p

// #cgo LDFLAGS: -lm
// #include <math.h>
import "C"

import "testing"

func TestC(t *testing.T) {}
