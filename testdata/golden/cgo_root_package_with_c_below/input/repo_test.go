package repo

import "testing"

func TestTwice(t *testing.T) {
	if got := Twice(21); got != 42 {
		t.Errorf("Twice = %d", got)
	}
}
