package shape

func Area(side int) int { return side * side }
