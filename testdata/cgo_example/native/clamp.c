#include "clamp.h"

int clamp(int value) {
    if (value < CLAMP_LOW) return CLAMP_LOW;
    return value > CLAMP_HIGH ? CLAMP_HIGH : value;
}
