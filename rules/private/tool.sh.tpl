#!/bin/sh
# Launcher of %{label}: runs bazel-xc in the directory of the caller, with the Go of the toolchain.
set -eu

here=$0.runfiles/%{workspace}
[ -d "$here" ] || here=${RUNFILES_DIR:-..}/%{workspace}
here=$(cd "$here" && pwd)
if [ -z "${BAZEL_XC_GO:-}" ]; then
    BAZEL_XC_GO=$(readlink -f "$here/%{go}")
    export BAZEL_XC_GO
    unset GOROOT
fi
export RUNFILES_DIR="${here%/*}"
cd "${BUILD_WORKING_DIRECTORY:-.}"
exec %{command} "$@"
