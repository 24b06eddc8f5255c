package words_test

import (
	"testing"

	"example.com/parts/words"
)

func TestCount(t *testing.T) {
	if got := words.Count(" one  two "); got != 2 {
		t.Errorf("Count = %d, want 2", got)
	}
}
