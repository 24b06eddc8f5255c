#include "mirror.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

char *mirror_text(const char *text) {
    try {
        std::string turned(text);
        turned.assign(turned.rbegin(), turned.rend());
        if (turned.empty()) throw std::invalid_argument("nothing to turn");
        char *copy = static_cast<char *>(std::malloc(turned.size() + 1));
        std::memcpy(copy, turned.c_str(), turned.size() + 1);
        return copy;
    } catch (const std::invalid_argument &error) {
        char *copy = static_cast<char *>(std::malloc(1));
        *copy = 0;
        return copy;
    }
}
