#ifndef B
#define B
#include "a.h"
#include "b.h"
static inline int one(void) { return 1; }
#endif
