package p

// #cgo CFLAGS: -DA=$$ -DB=$HOME -DC=@evil//:x
// #cgo CFLAGS: -DD="two words" -DE='it is' "-DF=back~tick"
// #cgo LDFLAGS: -Wl,-rpath,$ORIGIN/../lib
import "C"
