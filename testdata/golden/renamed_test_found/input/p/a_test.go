package p

import "testing"

func TestA(t *testing.T) {}
