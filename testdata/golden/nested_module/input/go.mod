module example.com/repo

go 1.21

require example.com/tools v0.0.0

replace example.com/tools => ./tools
