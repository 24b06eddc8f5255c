// Package checksum adds up bytes, in C where cgo is on and in Go where it is off.
package checksum

// Engine is "c" or "go", what Sum was written in.
const Engine = engine

// Sum is the checksum of data; both engines agree.
func Sum(data []byte) uint32 { return sum(data) }
