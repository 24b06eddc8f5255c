package user

import _ "example.com/repo/v2/api/v2"
