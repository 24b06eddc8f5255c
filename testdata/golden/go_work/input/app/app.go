package app

import _ "example.com/lib/text"
