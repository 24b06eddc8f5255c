package fine_test

import (
	"example.com/repo/fine"
	"example.com/repo/sign"

	"testing"
)

func TestName(t *testing.T) {
	if fine.Name != sign.Name {
		t.Fatal(fine.Name)
	}
}
