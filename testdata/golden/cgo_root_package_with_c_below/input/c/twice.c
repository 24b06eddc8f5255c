#include "c/factor.h"
int twice(int n) { return n * FACTOR; }
