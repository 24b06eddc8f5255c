#include "_cgo_export.h"

int each_up_to(int limit) {
    for (int i = 1; i <= limit; i++) callbackAdd(i);
    return limit;
}
