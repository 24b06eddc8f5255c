package cgozos
