module example.com/sealer

go 1.21
