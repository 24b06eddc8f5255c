package callback

import "testing"

func TestTotal(t *testing.T) {
	if got := Total(4); got != 10 {
		t.Errorf("Total = %d, want 10", got)
	}
}
