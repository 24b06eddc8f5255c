package inner

import (
	"testing"
)

func TestSeal(t *testing.T) {
	if !inC() {
		t.Fatal(Name)
	}
}
