module example.com/repo

go 1.21

require example.org/c v1.0.0
