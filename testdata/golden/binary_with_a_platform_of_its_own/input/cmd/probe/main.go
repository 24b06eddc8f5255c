package main

// int probe(void) { return 1; }
import "C"

func main() { C.probe() }
