package server

func Start() {}
