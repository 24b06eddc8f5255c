package user

import _ "example.com/repo/p"
