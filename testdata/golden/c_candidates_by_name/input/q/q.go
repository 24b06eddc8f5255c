package q

// #include <libvirt/virterror.h>
import "C"
