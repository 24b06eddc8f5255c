module example.com/repo/v2

go 1.21
