module example.com/repo

go 1.21

require github.com/owner/repo v1.0.0
