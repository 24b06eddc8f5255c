package icon

import (
	_ "embed"
	"testing"
)

//go:embed golden.txt
var golden string

func TestIcon(t *testing.T) {}
