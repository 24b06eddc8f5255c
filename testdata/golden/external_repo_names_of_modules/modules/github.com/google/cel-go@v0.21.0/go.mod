module github.com/google/cel-go

go 1.21
