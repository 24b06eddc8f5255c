package p

// #cgo LDFLAGS: -lpcap -lvendorthing
// #cgo pkg-config: libseccomp
// #include <pcap.h>
// #include <vendorthing/api.h>
import "C"
