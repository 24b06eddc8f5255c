#ifdef __APPLE__
#define NAME(name) _##name
#else
#define NAME(name) name
#endif
