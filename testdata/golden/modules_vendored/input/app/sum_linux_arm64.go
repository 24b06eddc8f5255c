package main

import "example.org/csum"

func sum() { csum.Sum() }
