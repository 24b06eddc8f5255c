package main

import "testing"

func TestP(t *testing.T) {}
