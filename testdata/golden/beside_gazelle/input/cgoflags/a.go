package cgoflags

// #cgo CFLAGS: -DB=1 -DA=2 -I${SRCDIR}/inc
// #cgo linux LDFLAGS: -lrt
// #cgo !linux LDFLAGS: -lm
// #cgo arm64 CFLAGS: -DARM
// #cgo linux,amd64 CXXFLAGS: -O2
// #cgo CPPFLAGS: -DP
import "C"
