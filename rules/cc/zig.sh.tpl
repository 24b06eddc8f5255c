#!/bin/sh
# zig as a C and C++ compiler for %{target}. It is a script, because Go needs one word for CC.

# Go and Bazel pass C++ to the C compiler; zig compiles it under another name, with other headers and libraries.
driver=cc
compiles=
for argument in "$@"; do
    case "$argument" in
        -c) compiles=yes ;;
        *.cc | *.cpp | *.cxx | *.c++ | *.C | -xc++ | c++ | -lstdc++ | -lc++) driver=c++ ;;
        @*) ! grep -q -x -e '-lstdc++' -e '-lc++' "${argument#@}" || driver=c++ ;;
    esac
done

# There is no HOME in a sandbox. The cache has the C library that zig compiles for the target.
cache=${BAZEL_XC_ZIG_CACHE:-/tmp/bazel-xc-zig-$(id -u)}
export ZIG_GLOBAL_CACHE_DIR="${ZIG_GLOBAL_CACHE_DIR:-$cache}"
export ZIG_LOCAL_CACHE_DIR="${ZIG_LOCAL_CACHE_DIR:-$cache}"

# Without -O zig instruments for undefined behaviour, but does not link the run-time for it.
%{locate}
exec "$zig" "$driver" -target %{target} -fno-sanitize=undefined "$@"
