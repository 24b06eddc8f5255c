package p

import _ "github.com/owner/repo/pkg"
