// Package greeting greets in the name of a system.
package greeting

// Text is the greeting.
func Text() string { return "hello from " + system }
