package main

import _ "example.com/tools/lint"

func main() {}
