#ifndef A
#define A
#include "b.h"
#endif
