package main

import _ "example.com/repo/p"

func main() {}
