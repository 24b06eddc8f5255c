//go:build !zos

package main

func main() {}
