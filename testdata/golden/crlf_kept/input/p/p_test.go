package p

import "testing"

func TestP(t *testing.T) {}
