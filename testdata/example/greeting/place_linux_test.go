package greeting

import (
	"testing"

	"example.com/greet/internal/posix"
)

func TestPlaceOnLinux(t *testing.T) {
	if got := place(); got != posix.Name() {
		t.Errorf("place() = %q, want %q", got, posix.Name())
	}
}
