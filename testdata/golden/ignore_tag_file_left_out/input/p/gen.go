//go:build ignore

package main

import _ "example.com/repo/missing"

func main() {}
