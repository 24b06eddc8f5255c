#include "a.h"
#include "own.h"
