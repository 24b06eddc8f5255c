#include <inc/half.h>
extern "C" int quarter(int n) { return half(half(n)); }
