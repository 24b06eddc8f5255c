package bad

import "fmt
