//go:build !static

#include "../third_party/shared_only.h"
