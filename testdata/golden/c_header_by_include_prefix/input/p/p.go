package p

// #include <below.h>
// #include <far/away/moved.h>
// #include <globbed.h>
import "C"
