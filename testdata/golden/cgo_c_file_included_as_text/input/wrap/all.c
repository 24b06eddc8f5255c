#include "../lib/x.c"
