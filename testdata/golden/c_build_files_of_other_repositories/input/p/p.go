package p

// #cgo pkg-config: libvirt
// #include <libvirt/virterror.h>
import "C"
