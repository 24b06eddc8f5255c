package unit

const Name = "m"
