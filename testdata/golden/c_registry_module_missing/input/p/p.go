package p

// #cgo LDFLAGS: -lsqlite3
// #include <sqlite3.h>
import "C"
