#include "base.h"

int base_of(int n) { return n; }
int whole_of(int n) { return n; }
