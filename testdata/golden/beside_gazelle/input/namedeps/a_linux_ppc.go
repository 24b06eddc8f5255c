package namedeps
import _ "example.com/fix/dep/four"
