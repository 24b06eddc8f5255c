package main

// func main() {}

type T struct{}

func (T) main() {}

var text = `
func main() {}
`
