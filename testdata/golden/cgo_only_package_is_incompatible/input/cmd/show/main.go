package main

import _ "example.com/repo/host"

func main() {}
