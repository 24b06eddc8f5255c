package bus

// #cgo !windows pkg-config: dbus-1 glib-2.0 gobject-2.0
// #include <dbus/dbus.h>
// #include <glib.h>
import "C"
