#include "../native/clamp.c"
