module example.com/forced

go 1.21
