#include "codec.h"
int codec_open(void) { return 1; }
