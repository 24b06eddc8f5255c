module example.com/repo

go 1.21

require example.com/second v1.2.3
