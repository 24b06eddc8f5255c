int sum_of(int a, int b);
