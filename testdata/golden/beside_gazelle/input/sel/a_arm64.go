package sel
import _ "example.com/fix/dep/two"
