#include "../b/deep/b.h"
