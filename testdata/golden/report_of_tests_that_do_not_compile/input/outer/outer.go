package outer

// Name is there with cgo and without.
const Name = "outer"
