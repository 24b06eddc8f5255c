#!/bin/sh
# Launcher of %{label}: compares the source tree with the output of bazel-xc.
set -u

here=$0.runfiles/%{workspace}
[ -d "$here" ] || here=.
here=$(cd "$here" && pwd)
marker=$(readlink -f "$here/%{marker}")
root=$(dirname "$marker")
case "$root" in
    *.runfiles/* | */execroot/*)
        echo "%{label}: the source tree is not here, only $marker." >&2
        echo "This test must run on the machine that has the tree: it is tagged local and no-sandbox." >&2
        exit 1
        ;;
esac

go=%{go}
if [ -n "$go" ]; then
    BAZEL_XC_GO=$(readlink -f "$here/$go")
    export BAZEL_XC_GO
    unset GOROOT
fi
export RUNFILES_DIR="${here%/*}"

# Downloaded modules are read from the module cache; nothing is written there.
user_home=$(eval "echo ~$(id -un)")
[ -d "$user_home" ] || user_home=$TEST_TMPDIR
export GOPATH="${GOPATH:-$user_home/go}"
export HOME="$TEST_TMPDIR"
export GOCACHE="$TEST_TMPDIR/go-build"
unset BUILD_WORKING_DIRECTORY

failed=0

bazel_xc() {
    %{command} "$@"
}

stale() {
    echo
    echo "%{label}: $1 To update:"
    echo
    echo "    bazel run %{update}"
    failed=1
}

report() {
    bazel_xc report -q -C "$root" --format "$2" -o "$TEST_TMPDIR/report" || exit 1
    if ! diff -u --label "a/$1" --label "b/$1" "$root/$1" "$TEST_TMPDIR/report"; then
        stale "$1 is not the report of this tree."
    fi
}

check() {
    bazel_xc "$@" -C "$root" --check --diff >"$TEST_TMPDIR/diff"
    code=$?
    cat "$TEST_TMPDIR/diff"
    if [ "$code" -gt 1 ]; then
        echo "%{label}: bazel-xc $1 failed with exit code $code." >&2
        exit 1
    elif [ -s "$TEST_TMPDIR/diff" ]; then
        stale "these files are stale."
    elif [ "$code" -ne 0 ]; then
        echo "%{label}: bazel-xc $1 reported errors." >&2
        failed=1
    fi
}

modules() {
    check modules
}

# Gazelle's runner finds the tree by BUILD_WORKSPACE_DIRECTORY; some versions look elsewhere with TEST_WORKSPACE.
gazelle() {
    env -u TEST_WORKSPACE BUILD_WORKSPACE_DIRECTORY="$root" "$here/%{gazelle_program}" -mode=diff >"$TEST_TMPDIR/diff"
    code=$?
    cat "$TEST_TMPDIR/diff"
    if [ -s "$TEST_TMPDIR/diff" ]; then
        stale "Gazelle would change these files."
    elif [ "$code" -ne 0 ]; then
        echo "%{label}: Gazelle failed with exit code $code." >&2
        exit 1
    fi
}

%{gazelle}
%{modules}
check generate%{mode}
%{reports}
exit "$failed"
