package quoted

// #cgo CPPFLAGS: -DOFFSET=1 -I${SRCDIR}/.. -Wall
// #include "inc/sum.h"
// #include "limit.h"
import "C"

// Sum asks the headers of the root.
func Sum(a, b int) int { return int(C.sum(C.int(a), C.int(b))) % C.LIMIT }
