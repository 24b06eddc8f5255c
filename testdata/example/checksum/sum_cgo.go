//go:build cgo

package checksum

/*
#cgo CFLAGS: -DCHECKSUM_SEED=17
#cgo linux LDFLAGS: -lm
#include "checksum.h"
*/
import "C"

import "unsafe"

const engine = "c"

func sum(data []byte) uint32 {
	if len(data) == 0 {
		return uint32(C.checksum_sum(nil, 0))
	}
	return uint32(C.checksum_sum((*C.uchar)(unsafe.Pointer(&data[0])), C.size_t(len(data))))
}
