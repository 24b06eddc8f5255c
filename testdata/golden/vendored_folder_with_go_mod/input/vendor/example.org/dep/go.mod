module example.org/dep
