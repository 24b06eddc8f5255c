package libc

import "testing"

func TestLetters(t *testing.T) {
	if got := Letters("four"); got != 5 {
		t.Errorf("Letters = %d, want 5", got)
	}
	if got := Root(81); got != 9 {
		t.Errorf("Root = %v, want 9", got)
	}
}
