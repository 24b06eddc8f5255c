module example.com/repo

go 1.16

require example.org/dep v1.0.0
