module example.com/repo

go 1.21

require example.com/direct v1.2.3
