typedef int (*one_t)(void);
