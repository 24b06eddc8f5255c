#!/bin/sh
# zig as an archiver.
compiles=
cache=${BAZEL_XC_ZIG_CACHE:-/tmp/bazel-xc-zig-$(id -u)}
export ZIG_GLOBAL_CACHE_DIR="${ZIG_GLOBAL_CACHE_DIR:-$cache}"
export ZIG_LOCAL_CACHE_DIR="${ZIG_LOCAL_CACHE_DIR:-$cache}"
%{locate}
exec "$zig" ar "$@"
