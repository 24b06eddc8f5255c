//go:build !linux

package main

func here() {}
