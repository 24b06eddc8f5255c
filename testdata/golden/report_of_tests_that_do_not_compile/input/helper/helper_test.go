package helper

import (
	"testing"
)

func TestCompiled(t *testing.T) {
	if !compiled() {
		t.Fatal("not compiled")
	}
}
