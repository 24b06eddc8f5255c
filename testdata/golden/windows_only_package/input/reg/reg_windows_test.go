package reg

import "testing"

func TestReg(t *testing.T) {}
