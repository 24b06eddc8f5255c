package check

import "testing"

func NotEmpty(t *testing.T, text string) {
	if text == "" {
		t.Error("empty")
	}
}
