int base_of(int n);
