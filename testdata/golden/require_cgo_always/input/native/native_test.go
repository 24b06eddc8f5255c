package native

import "testing"

func TestNative(t *testing.T) {}
