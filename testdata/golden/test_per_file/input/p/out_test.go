package p_test

import (
	"testing"

	_ "example.com/repo/p"
)

func TestOut(t *testing.T) {}
