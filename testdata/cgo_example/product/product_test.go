package product

import "testing"

func TestOf(t *testing.T) {
	if got := Of(6, 7); got != 42 {
		t.Errorf("Of = %d, want 42", got)
	}
}
