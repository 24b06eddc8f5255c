#define START two
