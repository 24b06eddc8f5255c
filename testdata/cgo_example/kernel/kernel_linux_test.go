package kernel

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	if !strings.HasPrefix(strings.ToLower(Name()), "linux (") {
		t.Errorf("Name = %q", Name())
	}
}
