#include "two.h"
	.text
	.globl	two
two:
	mov	w0, #TWO
	ret
