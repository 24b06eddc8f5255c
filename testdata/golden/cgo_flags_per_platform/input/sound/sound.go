package sound

// #cgo CFLAGS: -DALL
// #cgo linux CFLAGS: -DLINUX
// #cgo windows,arm64 CFLAGS: -DWINARM
// #cgo !windows LDFLAGS: -lm
// #cgo darwin LDFLAGS: -framework CoreAudio
import "C"
