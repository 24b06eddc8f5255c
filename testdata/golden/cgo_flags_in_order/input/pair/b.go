package pair

/*
#cgo CFLAGS: -DB
#cgo LDFLAGS: -Wl,-rpath,$ORIGIN/lib
*/
import "C"
