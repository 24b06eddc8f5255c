package motto

import (
	"os"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	data, err := os.ReadFile("testdata/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(data)); Text() != want {
		t.Errorf("Text = %q, want %q", Text(), want)
	}
}
