module example.com/overridden

go 1.21
