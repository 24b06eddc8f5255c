#include "base.h"

int wide_of(int n);
