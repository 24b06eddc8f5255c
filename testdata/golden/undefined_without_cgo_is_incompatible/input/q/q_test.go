package q

import (
	"testing"

	_ "example.org/sys/linux"
)

func TestQ(*testing.T) {}
