package key

func Sign() {}
