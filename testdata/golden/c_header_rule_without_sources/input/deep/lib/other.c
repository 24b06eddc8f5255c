#include "whole.h"

int other_of(int n) { return whole_of(n); }
