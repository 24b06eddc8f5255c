package mirror

import "testing"

func TestText(t *testing.T) {
	for text, want := range map[string]string{"": "", "stop": "pots"} {
		if got := Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}
