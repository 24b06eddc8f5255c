package main

import "example.com/repo/user"

func main() { println(user.Twice(3)) }
