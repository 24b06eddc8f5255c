#include "two.h"
#include <inc/names.h>
	.text
	.globl	START
START:
	movl	$WORD, %eax
	ret
	.section .note.GNU-stack,"",%progbits
