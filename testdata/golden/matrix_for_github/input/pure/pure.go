package pure

// One is one.
const One = 1
