long long product_of(long long a, long long b);
