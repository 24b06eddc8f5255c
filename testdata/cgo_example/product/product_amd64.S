#include "names.h"

    .text
    .globl NAME(product_of)
NAME(product_of):
#ifdef _WIN32
    movq %rcx, %rax
    imulq %rdx, %rax
#else
    movq %rdi, %rax
    imulq %rsi, %rax
#endif
    ret

#ifdef __ELF__
    .section .note.GNU-stack, "", %progbits
#endif
