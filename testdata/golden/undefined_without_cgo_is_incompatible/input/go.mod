module example.com/m

go 1.21

require example.org/sys v1.0.0
