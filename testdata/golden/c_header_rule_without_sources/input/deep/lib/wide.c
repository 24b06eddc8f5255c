#include "wide.h"

int wide_of(int n) { return base_of(n) * 2; }
