package p

// #cgo pkg-config: libvirt
// #cgo LDFLAGS: -lvirt-lxc
// #include <libvirt/libvirt.h>
import "C"
