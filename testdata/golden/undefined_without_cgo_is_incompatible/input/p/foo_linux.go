package p

func foo() int { return 1 }
