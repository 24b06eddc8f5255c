#ifdef _WIN32
int one(void);
#else
static int one(void) { return 1; }
#endif
