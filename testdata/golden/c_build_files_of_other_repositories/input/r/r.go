package r

// #include <libvirt/libvirt-admin.h>
import "C"
