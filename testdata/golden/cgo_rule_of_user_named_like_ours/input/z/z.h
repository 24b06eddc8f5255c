#ifndef Z_H
#define Z_H
int z(void);
#endif
