package sign

// Name is there with cgo and without.
const Name = "sign"
