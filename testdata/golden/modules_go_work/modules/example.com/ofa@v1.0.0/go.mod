module example.com/ofa

go 1.21
