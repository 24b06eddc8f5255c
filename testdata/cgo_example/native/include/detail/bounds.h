#define CLAMP_LOW 0
#define CLAMP_HIGH 42
