module example.com/repo

go 1.21

require example.com/direct v1.2.3

require (
	example.com/checks v1.0.0
	example.com/new v1.0.0
)
