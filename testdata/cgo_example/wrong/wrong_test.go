package wrong

import "testing"

func TestMinus(t *testing.T) {
	if got := Minus(5, 3); got != 2 {
		t.Errorf("Minus = %d, want 2", got)
	}
}
