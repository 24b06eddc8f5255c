static inline int small(void) { return 1; }
