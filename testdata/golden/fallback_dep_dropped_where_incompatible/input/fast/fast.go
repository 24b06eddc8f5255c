package fast

// int one(void);
import "C"
