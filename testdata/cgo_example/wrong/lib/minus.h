int minus_of(int a, int b);
