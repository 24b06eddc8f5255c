module example.com/repo

go 1.21

require (
	example.com/new v1.0.0
	example.com/old v1.1.0
	example.com/here v0.0.0
	example.com/forked v1.0.0
)

replace example.com/here => ../elsewhere

replace example.com/forked => example.org/fork v1.9.0
