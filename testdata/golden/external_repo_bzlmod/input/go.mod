module example.com/repo

go 1.21

require (
	git.sr.ht/~user/some.thing v1.0.0
	github.com/Owner/Repo/v3 v3.1.0
	github.com/bazelbuild/rules_go v0.50.0
	gopkg.in/yaml.v3 v3.0.1
)
