package greeting

import "testing"

func TestPlaceIsKnown(t *testing.T) {
	if place() == "" {
		t.Error("no place")
	}
}
