package main

import _ "example.com/repo/lib"

func main() {}
