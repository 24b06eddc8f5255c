package repo

import "testing"

func TestHalf(t *testing.T) {
	if half, quarter := Half(84), Quarter(168); half != 42 || quarter != 42 {
		t.Errorf("Half = %d, Quarter = %d", half, quarter)
	}
}
