module example.com/sealer

go 1.21

require example.com/other v1.0.0
