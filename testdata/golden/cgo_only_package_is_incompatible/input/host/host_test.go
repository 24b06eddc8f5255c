package host

import "testing"

func TestHost(t *testing.T) {}
