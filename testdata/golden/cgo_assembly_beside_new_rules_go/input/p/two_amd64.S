#include "two.h"
	.text
	.globl	two
two:
	movl	$TWO, %eax
	ret
	.section .note.GNU-stack,"",%progbits
