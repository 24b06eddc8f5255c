package namedeps
