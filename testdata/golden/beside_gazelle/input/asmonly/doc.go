package asmonly

func F()
