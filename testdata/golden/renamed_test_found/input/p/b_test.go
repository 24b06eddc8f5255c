package p

import "testing"

func TestB(t *testing.T) {}
