package withc

// static void nothing(void) {}
import "C"

func Do() { C.nothing() }
