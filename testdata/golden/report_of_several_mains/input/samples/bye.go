package main

func main() { println("bye") }
