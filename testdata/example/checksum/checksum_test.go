package checksum

import "testing"

func TestSum(t *testing.T) {
	for text, want := range map[string]uint32{"": 17, "a": 624, "ab": 19442} {
		if got := Sum([]byte(text)); got != want {
			t.Errorf("Sum(%q) = %d, want %d (engine %s)", text, got, want, Engine)
		}
	}
}
