package outer_test

import (
	"example.com/repo/outer"

	"testing"
)

func TestSeal(t *testing.T) {
	if outer.Answer != 7 || outer.Seal(1) != 31 {
		t.Fatal(outer.Name)
	}
}
