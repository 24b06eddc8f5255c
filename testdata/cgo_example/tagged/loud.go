//go:build loud && cgo

package tagged

// #cgo CFLAGS: -DVOICE=2
// static const char *said(void) { return VOICE > 1 ? "loud" : "low"; }
import "C"

func voice() string { return C.GoString(C.said()) }
