#ifndef CLAMP_H
#define CLAMP_H

#include "detail/bounds.h"

int clamp(int value);

#endif
