package key

func Use() { Sign() }
