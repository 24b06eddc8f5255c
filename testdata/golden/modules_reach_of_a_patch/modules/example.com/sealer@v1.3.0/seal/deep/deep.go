package deep

import (
	"example.com/other/x"
	"example.com/sealer/plain"
	"fmt"
)

var Name = fmt.Sprint(plain.Name, x.X)
