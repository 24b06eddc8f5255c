package c

import "embed"

//go:embed dir/* dir/_sub/*
var named embed.FS
