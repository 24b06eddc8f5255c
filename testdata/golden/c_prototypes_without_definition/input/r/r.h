int in_file(int);
