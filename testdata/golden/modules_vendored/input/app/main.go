package main

func main() { sum() }
