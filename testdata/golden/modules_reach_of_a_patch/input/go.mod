module example.com/repo

go 1.21

require example.com/sealer v1.3.0

require example.com/other v1.0.0 // indirect
