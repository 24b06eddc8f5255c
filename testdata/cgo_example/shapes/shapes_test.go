package shapes

import "testing"

func TestBox(t *testing.T) {
	box := Box{Width: 3, Height: 4}
	if box.Area() != 12 || box.Girth() != 14 {
		t.Errorf("area %d, girth %d, want 12 and 14", box.Area(), box.Girth())
	}
}
