module example.com/repo

go 1.24

tool example.com/runner/cmd/run

require (
	example.com/ignored v1.0.0 // indirect
	example.com/labelled v1.0.0 // indirect
	example.com/runner v1.0.0 // indirect
	example.com/tool v1.0.0 // indirect
)
