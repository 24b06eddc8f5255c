#!/bin/sh
# Launcher of %{label}: runs bazel-xc on the source tree.
set -eu

here=$0.runfiles/%{workspace}
[ -d "$here" ] || here=.
here=$(cd "$here" && pwd)
go=%{go}
if [ -n "$go" ]; then
    BAZEL_XC_GO=$(readlink -f "$here/$go")
    export BAZEL_XC_GO
    unset GOROOT
fi
export RUNFILES_DIR="${here%/*}"
cd "${BUILD_WORKSPACE_DIRECTORY:?start this with: bazel run %{label}}"
unset BUILD_WORKING_DIRECTORY

bazel_xc() {
    %{command} "$@" || exit $?
}

gazelle() {
    "$here/%{gazelle_program}" || exit $?
}

report() {
    bazel_xc report -q --format "$2" -o "$1"
}

modules() {
    bazel_xc modules
}

case "${1:-}" in
    "")
        %{gazelle}
        %{modules}
        bazel_xc generate%{mode}
        %{reports}
        ;;
    -*) bazel_xc generate%{mode} "$@" ;;
    *) bazel_xc "$@" ;;
esac
