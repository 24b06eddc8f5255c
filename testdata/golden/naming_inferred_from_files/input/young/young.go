package young

import _ "example.com/repo/old"
