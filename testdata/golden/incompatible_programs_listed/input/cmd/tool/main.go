package main

import "example.com/app/posix"

func main() { posix.Do() }
