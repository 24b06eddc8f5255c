package gen

import "testing"

func TestGen(t *testing.T) {}
