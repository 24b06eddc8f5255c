package p

import _ "github.com/Owner/Repo/v3/linux"
