package processes

import (
	"os"
	"testing"
)

func TestIsSelf(t *testing.T) {
	if !IsSelf(os.Getpid()) {
		t.Error("this process does not know itself")
	}
}
