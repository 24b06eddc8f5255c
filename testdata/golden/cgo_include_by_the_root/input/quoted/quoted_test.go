package quoted

import "testing"

func TestSum(t *testing.T) {
	if got := Sum(40, 1); got != 42 {
		t.Errorf("Sum = %d", got)
	}
}
