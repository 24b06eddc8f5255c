#include "z.h"

int z(void) { return 1; }
