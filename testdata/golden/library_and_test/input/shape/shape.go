package shape

import (
	"fmt"

	"example.com/repo/unit"
)

func Describe(side int) string { return fmt.Sprint(side, unit.Name) }
