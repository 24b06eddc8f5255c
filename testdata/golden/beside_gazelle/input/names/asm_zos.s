// +build zos

