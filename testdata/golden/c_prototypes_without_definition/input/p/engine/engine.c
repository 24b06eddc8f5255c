int engine_run(int a) { return a; }
void engine_stop(void) {}
