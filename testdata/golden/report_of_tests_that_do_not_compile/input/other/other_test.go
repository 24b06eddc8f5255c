package other

import (
	"example.com/repo/sign"

	"testing"
)

func TestSign(t *testing.T) {
	if sign.Seal(1) != 31 {
		t.Fatal(Name)
	}
}
