static inline int two(void) { return 2; }
