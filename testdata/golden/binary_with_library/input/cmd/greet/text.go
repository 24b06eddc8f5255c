package main

func text() string { return "hello" }
