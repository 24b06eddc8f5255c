#ifndef SHAPES_NUMBER_H
#define SHAPES_NUMBER_H

typedef int shapes_number;

#endif
