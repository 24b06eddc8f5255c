module example.com/sym

go 1.21
