int whole_of(int n);
