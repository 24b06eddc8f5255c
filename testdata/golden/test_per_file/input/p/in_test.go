package p

import "testing"

func TestIn(t *testing.T) {}
