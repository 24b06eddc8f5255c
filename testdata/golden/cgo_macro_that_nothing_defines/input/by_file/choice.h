#ifdef _LARGE
#define USE_CODEC
#endif
