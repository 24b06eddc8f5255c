module example.com/repo

go 1.21

require (
	example.com/direct v1.2.3
	example.com/major/v2 v2.0.0-20240102030405-abcdefabcdef
	github.com/Old/Lib v1.4.0+incompatible
	github.com/bazelbuild/rules_go v0.50.0
)

require (
	example.com/deep v1.0.0 // indirect
	example.com/imported v1.0.0 // indirect
)
