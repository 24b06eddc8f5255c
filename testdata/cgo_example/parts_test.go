package parts

import "testing"

func TestWeigh(t *testing.T) {
	if got := Weigh(7); got != 21 {
		t.Errorf("Weigh = %d, want 21", got)
	}
}
