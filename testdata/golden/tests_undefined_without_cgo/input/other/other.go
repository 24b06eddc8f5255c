package other

import "example.com/repo/sign"

// Name is that of another package.
const Name = sign.Name
