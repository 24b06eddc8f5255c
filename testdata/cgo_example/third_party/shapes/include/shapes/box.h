#ifndef SHAPES_BOX_H
#define SHAPES_BOX_H

#include "shapes/number.h"

struct box {
    shapes_number width, height;
};

shapes_number box_area(struct box b);
shapes_number box_girth(struct box b);

#endif
