package below

import _ "example.com/repo/hand"
