int box(void);
