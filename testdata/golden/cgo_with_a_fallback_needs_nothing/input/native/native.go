package native

// int one(void);
import "C"
