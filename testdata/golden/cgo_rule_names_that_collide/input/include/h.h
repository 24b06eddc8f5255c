int h(void);
