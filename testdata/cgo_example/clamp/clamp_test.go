package clamp

import "testing"

func TestClamp(t *testing.T) {
	for value, want := range map[int]int{-1: 0, 7: 7, 99: High} {
		if got := Clamp(value); got != want {
			t.Errorf("Clamp(%d) = %d, want %d", value, got, want)
		}
	}
}
