#!/bin/sh
# A clang for MinGW. Its C++ library is libc++, whatever the flag says that BUILD files have for all compilers.
for argument in "$@"; do
    shift
    [ "$argument" != -lstdc++ ] || argument=-lc++
    set -- "$@" "$argument"
done
exec '%{compiler}' "$@"
