package main

import _ "example.com/repo/native"

func main() {}
