package main

import "example.com/app/withc"

func main() { withc.Do() }
