package r

// #cgo pkg-config: libvirt-qemu
import "C"
