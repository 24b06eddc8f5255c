#include "shapes/box.h"

shapes_number box_area(struct box b) { return b.width * b.height; }
