package app

import _ "example.com/repo/dep/unix"
