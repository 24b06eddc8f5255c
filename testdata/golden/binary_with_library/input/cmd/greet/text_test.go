package main

import "testing"

func TestText(t *testing.T) { text() }
