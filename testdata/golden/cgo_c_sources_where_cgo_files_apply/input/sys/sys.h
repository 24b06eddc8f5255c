int sys(void);
