package p

// #cgo LDFLAGS: -lm -lbar -ldl -lbaz -lpthread
import "C"
