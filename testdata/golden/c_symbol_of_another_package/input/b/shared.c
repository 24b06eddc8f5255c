int shared(int n) { return 2 * n; }
