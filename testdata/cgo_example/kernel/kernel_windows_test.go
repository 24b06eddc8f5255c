package kernel

import "testing"

func TestName(t *testing.T) {
	if Name() != "windows (go)" {
		t.Errorf("Name = %q", Name())
	}
}
