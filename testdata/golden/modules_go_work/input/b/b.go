package b

import _ "example.com/ofb"
