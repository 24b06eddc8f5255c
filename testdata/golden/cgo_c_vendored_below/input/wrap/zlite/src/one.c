#include "zlite.h"
#include "private.h"
int one(void) { return TWO - two(); }
