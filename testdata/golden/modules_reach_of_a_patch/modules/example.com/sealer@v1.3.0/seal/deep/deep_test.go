package deep

import "testing"

func TestA(t *testing.T) {}
