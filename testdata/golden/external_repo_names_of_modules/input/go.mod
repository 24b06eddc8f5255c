module example.com/repo

go 1.21

require (
	example.com/forced v1.0.0
	example.com/generated v1.0.0
	example.com/overridden v1.0.0
	example.com/shipped v1.0.0
	github.com/google/cel-go v0.21.0
)
