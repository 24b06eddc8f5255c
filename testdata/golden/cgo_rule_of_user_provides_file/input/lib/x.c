#include "x.h"
int one(void) { return 1; }
