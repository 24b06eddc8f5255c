package main

func main() { println("again") }
