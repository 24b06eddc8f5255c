//go:build windows

package main

import _ "example.com/repo/reg"

func main() {}
