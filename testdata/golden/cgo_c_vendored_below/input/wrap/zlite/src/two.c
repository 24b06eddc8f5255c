#include "private.h"
int two(void) { return TWO - 1; }
