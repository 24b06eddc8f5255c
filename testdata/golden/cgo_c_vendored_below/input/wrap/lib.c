#include "zlite/src/one.c"
#include "zlite/src/two.c"
