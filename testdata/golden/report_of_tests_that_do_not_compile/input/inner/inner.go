package inner

// Name is there with cgo and without.
const Name = "inner"
