package counted

import "testing"

func TestLetters(t *testing.T) {
	if Letters("three") != inC("three") {
		t.Error("Go and C count differently")
	}
}
