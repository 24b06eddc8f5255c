package sum

import _ "example.com/repo/simd"
