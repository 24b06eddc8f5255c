package main

import _ "example.com/repo/internal/lib"

func main() {}
