package main

import _ "example.com/repo/sum"

func main() {}
