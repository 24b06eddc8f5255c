package dep

import _ "example.org/dep/sub"
