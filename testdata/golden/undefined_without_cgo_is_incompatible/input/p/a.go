package p

// A is foo.
func A() int { return foo() }
