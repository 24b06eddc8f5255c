// Package tagged has C only where the build tag loud is set.
package tagged

// Voice tells which half was compiled.
func Voice() string { return voice() }
