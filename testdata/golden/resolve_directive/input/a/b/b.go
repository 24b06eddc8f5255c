package b

import _ "example.com/api"
