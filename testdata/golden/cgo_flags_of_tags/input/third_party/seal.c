int seal(void) { return 1; }
