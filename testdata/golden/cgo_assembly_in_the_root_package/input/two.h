#define WORD TWO
