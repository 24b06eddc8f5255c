package seal

// Names compiles without cgo.
var Names = []string{"wax"}
