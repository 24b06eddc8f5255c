package plain

// Name needs no C.
const Name = "plain"
