package greeting

import (
	"testing"

	"example.com/greet/internal/winapi"
)

func TestPlaceOnWindows(t *testing.T) {
	if got := place(); got != winapi.Name() {
		t.Errorf("place() = %q, want %q", got, winapi.Name())
	}
}
