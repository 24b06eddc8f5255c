package shape_test

import (
	"testing"

	"example.com/repo/check"
	"example.com/repo/shape"
)

func TestDescribe(t *testing.T) { check.NotEmpty(t, shape.Describe(3)) }
