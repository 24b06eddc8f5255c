package p

import (
	_ "git.sr.ht/~user/some.thing"
	_ "github.com/Owner/Repo/v3"
	_ "github.com/Owner/Repo/v3/sub/v2"
	_ "github.com/bazelbuild/rules_go/go/runfiles"
	_ "gopkg.in/yaml.v3"
)
