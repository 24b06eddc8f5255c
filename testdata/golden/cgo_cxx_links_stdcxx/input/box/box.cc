#include <string>
extern "C" int box(void) { return std::string("box").size(); }
