#include "checksum.h"

#include <math.h>

#ifndef CHECKSUM_SEED
#error "the #cgo CFLAGS of this package did not arrive"
#endif

/* A volatile seed keeps the call of round(), and with it the need for -lm. */
static volatile double seed = CHECKSUM_SEED + 0.25;

uint32_t checksum_sum(const unsigned char *data, size_t size)
{
    uint32_t total = (uint32_t)round(seed);
    for (size_t i = 0; i < size; i++) {
        total = total * 31 + data[i];
    }
    return total;
}
