package user

import _ "example.com/repo/go.uber.example"
