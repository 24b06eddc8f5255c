package main
import _ "example.com/fix/dep/one"
