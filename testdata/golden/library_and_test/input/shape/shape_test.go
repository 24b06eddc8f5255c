package shape

import "testing"

func TestArea(t *testing.T) { Area(2) }
