static inline int one(void) { return two() - 1; }
