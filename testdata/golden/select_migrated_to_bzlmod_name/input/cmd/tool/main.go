package main

import _ "example.com/repo/c"

func main() {}
