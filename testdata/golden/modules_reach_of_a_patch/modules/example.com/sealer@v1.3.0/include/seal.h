static inline int seal(int n) { return n * 31; }
