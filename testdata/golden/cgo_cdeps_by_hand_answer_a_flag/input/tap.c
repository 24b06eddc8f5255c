int tap(void) { return 0; }
