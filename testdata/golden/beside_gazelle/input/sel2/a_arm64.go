package sel2
import _ "example.com/fix/dep/one"
