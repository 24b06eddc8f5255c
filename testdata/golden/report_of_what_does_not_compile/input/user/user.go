package user

import "example.com/repo/seal"

// Twice needs what only cgo brings.
func Twice(n int) int { return seal.Seal(seal.Seal(n)) }
