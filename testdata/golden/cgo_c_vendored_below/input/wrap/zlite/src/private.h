#ifndef P
#define P
#define TWO 2
int two(void);
#endif
