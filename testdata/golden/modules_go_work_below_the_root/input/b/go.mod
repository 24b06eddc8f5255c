module example.com/b

go 1.21

require example.com/second v1.2.3
