package off

// #include <stdio.h>
// #ifdef USE_CODEC
// #include <codec.h>
// #endif
// #if CODEC_LEVEL > 2 || defined(_MSC_VER)
// #include <nobody_has_this.h>
// #endif
import "C"
