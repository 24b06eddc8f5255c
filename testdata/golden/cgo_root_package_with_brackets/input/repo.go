package repo

// #include <inc/half.h>
// int quarter(int n);
import "C"

// Half asks the header below.
func Half(n int) int { return int(C.half(C.int(n))) }

// Quarter asks the C++ beside this file.
func Quarter(n int) int { return int(C.quarter(C.int(n))) }
