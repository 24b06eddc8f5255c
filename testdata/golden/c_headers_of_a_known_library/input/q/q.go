package q

// #include <libvirt/libvirt-lxc.h>
// #include <netlink/genl/family.h>
// #include <X11/Xregion.h>
// #include <openssl/rand.h>
import "C"
