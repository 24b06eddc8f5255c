module example.com/repo

go 1.21

require example.com/pixels v1.0.0
