package clock_test

import (
	"testing"

	"example.com/repo/clock"
)

func TestHour(t *testing.T) { clock.Hour() }
