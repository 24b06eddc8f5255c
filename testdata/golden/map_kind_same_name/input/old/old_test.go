package old

import "testing"

func TestOld(t *testing.T) {}
