package p

// #cgo LDFLAGS: -Wl,--whole-archive -Wl,-z,now -Xlinker --no-undefined -L/opt/vendor/lib -Wl,--no-whole-archive
// #cgo LDFLAGS: -Wl,--version-script=${SRCDIR}/one.map
import "C"
