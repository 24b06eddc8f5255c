#!/bin/sh
# A clang for MinGW. Its C++ library is libc++, so -lstdc++, the flag of BUILD files for all compilers, is replaced.
for argument in "$@"; do
    shift
    [ "$argument" != -lstdc++ ] || argument=-lc++
    set -- "$@" "$argument"
done
exec '%{compiler}' "$@"
