#include "more.h"
#define ONE 1
