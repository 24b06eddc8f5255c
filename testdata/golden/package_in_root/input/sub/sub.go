package sub

import _ "example.com/repo/sub/leaf"
