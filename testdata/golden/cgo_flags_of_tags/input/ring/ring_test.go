package ring

import "testing"

func TestRing(t *testing.T) {
	if got := Ring(); got != 1 {
		t.Errorf("Ring = %d", got)
	}
}
