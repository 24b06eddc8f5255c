int sys_linux(void) { return 1; }
