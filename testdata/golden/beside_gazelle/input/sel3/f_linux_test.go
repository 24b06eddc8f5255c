package sel3_test
import _ "example.com/fix/dep/one"
