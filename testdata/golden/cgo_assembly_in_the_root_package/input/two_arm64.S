#include "two.h"
#include <inc/names.h>
	.text
	.globl	START
START:
	mov	w0, #WORD
	ret
