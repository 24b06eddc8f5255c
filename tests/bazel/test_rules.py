"""The rules of ``//rules`` under a real Bazel, without rules_go: on C programs and beside its double.

With Bazel 4 and a WORKSPACE always; with Bazel 7 and modules where ``BAZEL_XC_BAZEL7`` and
``BAZEL_XC_MODULES`` name them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator

import pytest
from bazel_workspace import (
    CACHED,
    CROSS_GCC,
    DOUBLE,
    Session,
    Workspace,
    bazel,
    checkout,
    close,
    incompatible,
    machine,
    make_workspace,
    open_modules_session,
    open_session,
    spawned,
    write_python,
    zig,
)
from requirements import require_compiler

from bazel_xc.buildfile.printer import quote

TOOLCHAINS = """
PREFIXED(
    name = "gcc_linux_arm64",
    platform = "linux_arm64",
    prefix = "aarch64-linux-gnu-",
)

PREFIXED(
    name = "missing_windows_amd64",
    platform = "windows_amd64",
    prefix = "no-such-compiler-",
)

ZIG(
    name = "zig_linux_arm64",
    constraints = ["//c:of_zig"],
    libc = "gnu.2.31",
    platform = "linux_arm64",
    zig = "@ZIG@",
)

ZIG(
    name = "zig_windows_arm64",
    platform = "windows_arm64",
    zig = "@ZIG@",
)
"""

REGISTER = """
register_toolchains(
    "@missing_windows_amd64//:toolchain",
    "@zig_linux_arm64//:toolchain",
    "@gcc_linux_arm64//:toolchain",
    "@zig_windows_arm64//:toolchain",
)
"""

IN_WORKSPACE = """
load(
    "@bazel_xc//rules/cc:repositories.bzl",
    prefixed = "prefixed_cc_toolchain",
    zig = "zig_cc_toolchain",
)
"""

IN_MODULE = """
cc = use_extension("@bazel_xc//rules/cc:extensions.bzl", "cc_toolchains")
use_repo(cc, "gcc_linux_arm64", "missing_windows_amd64", "zig_linux_arm64", "zig_windows_arm64")
"""

ROOT = """\
load("@bazel_xc//rules:defs.bzl", "bazel_xc", "bazel_xc_test")

# gazelle:prefix example.com/greet

exports_files(["go.mod"])

bazel_xc(
    name = "bazel_xc",
    go = "path",
    python = {python},
    modules = True,
    reports = {{"report.json": "json"}},
)

bazel_xc_test(
    name = "bazel_xc_test",
    go = "path",
    python = {python},
    modules = True,
    reports = {{"report.json": "json"}},
)
"""

PROGRAMS = """\
load("@bazel_xc//rules:defs.bzl", "bazel_xc", "xc_binary", "xc_release", "xc_verify_test")

constraint_setting(name = "compiler")

constraint_value(
    name = "of_zig",
    constraint_setting = ":compiler",
    visibility = ["//visibility:public"],
)

platform(
    name = "linux_amd64",
    constraint_values = ["@platforms//os:linux", "@platforms//cpu:x86_64"],
)

platform(
    name = "linux_arm64",
    constraint_values = ["@platforms//os:linux", "@platforms//cpu:aarch64"],
)

platform(
    name = "linux_arm64_zig",
    constraint_values = ["@platforms//os:linux", "@platforms//cpu:aarch64", ":of_zig"],
)

platform(
    name = "windows_amd64",
    constraint_values = ["@platforms//os:windows", "@platforms//cpu:x86_64"],
)

platform(
    name = "windows_arm64",
    constraint_values = ["@platforms//os:windows", "@platforms//cpu:aarch64"],
)

cc_binary(
    name = "hello",
    srcs = ["hello.c"],
)

cc_binary(
    name = "hello_cc",
    srcs = ["hello_cc.cc"],
)

bazel_xc(
    name = "by_tool",
    go = "path",
    tool = ":hello",
)

xc_binary(
    name = "hellos",
    binary = ":hello",
    platforms = [":linux_amd64", ":linux_arm64"],
)

xc_release(
    name = "release",
    srcs = [":hellos"],
)

xc_binary(
    name = "by_zig",
    binary = ":hello",
    platforms = [":linux_arm64_zig", ":windows_arm64"],
)

xc_binary(
    name = "cc_by_zig",
    binary = ":hello_cc",
    platforms = [":linux_arm64_zig", ":windows_arm64"],
)

xc_verify_test(
    name = "host_test",
    binary = ":hello",
    exit_code = 3,
    platform = ":linux_amd64",
    program_args = ["it's", "$HOME"],
    run = True,
    stdout = "hello it's $HOME",
)

xc_verify_test(
    name = "arm64_test",
    binary = ":hello",
    platform = ":linux_arm64",
)

xc_verify_test(
    name = "closer_test",
    binary = ":hello",
    platform = ":linux_arm64",
    python = "@PYTHON@",
    verify_args = ["--expect", "dynamic"],
)

xc_verify_test(
    name = "too_large_test",
    binary = ":hello",
    platform = ":linux_arm64",
    python = "@PYTHON@",
    tags = ["manual"],
    verify_args = ["--max-size", "1kB"],
)

xc_verify_test(
    name = "wrong_machine_test",
    binary = ":hellos_linux_arm64",
    platform = ":linux_amd64",
    tags = ["manual"],
)

xc_verify_test(
    name = "wrong_output_test",
    binary = ":hello",
    exit_code = 3,
    platform = ":linux_amd64",
    run = True,
    stdout = "goodbye",
    tags = ["manual"],
)

xc_verify_test(
    name = "wrong_code_test",
    binary = ":hello",
    platform = ":linux_amd64",
    run = True,
    tags = ["manual"],
)

"""

# A program that cannot be built everywhere, which the generated list says here and nobody says there.
SAID = """\
load("@bazel_xc//rules:defs.bzl", "xc_binary")
load("//platforms:incompatible.bzl", "INCOMPATIBLE")

xc_binary(
    name = "host",
    binary = "//cmd/host",
    incompatible = INCOMPATIBLE,
    platforms = ["//platforms:linux_arm64", "//platforms:windows_arm64"],
)
"""

UNSAID = """\
load("@bazel_xc//rules:defs.bzl", "xc_binary")

xc_binary(
    name = "host",
    binary = "//cmd/host",
    platforms = ["//platforms:linux_arm64", "//platforms:windows_arm64"],
)
"""

HELLO = """\
#include <stdio.h>

int main(int argc, char **argv) {
    printf("hello");
    for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
    printf("\\n");
    return 3;
}
"""

HELLO_CC = """\
#include <iostream>
#include <string>

int main() {
    std::string name = "hello";
    std::cout << name << std::endl;
    return name.size() == 5 ? 0 : 1;
}
"""


@pytest.fixture(scope="module", params=["workspace", "modules"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("rules")
    return open_session(folder) if request.param == "workspace" else open_modules_session(folder)


@pytest.fixture(scope="module")
def workspace(session: Session) -> Iterator[Workspace]:
    """The example with the rules in it, and a package of C programs."""
    require_compiler(CROSS_GCC)
    python = write_python(session)
    files = {
        "BUILD.bazel": ROOT.format(python=quote(str(python))),
        "c/BUILD.bazel": PROGRAMS.replace("@PYTHON@", str(python)),
        "c/hello.c": HELLO,
        "said/BUILD.bazel": SAID,
        "unsaid/BUILD.bazel": UNSAID,
        "c/hello_cc.cc": HELLO_CC,
        "platforms/incompatible.bzl": "",
    }
    made = make_workspace(session, "w", rules_go=DOUBLE, extra=_toolchains(session), files=files)
    yield made
    close(session, [made])


def test_the_check_finds_what_is_stale_and_the_run_mends_it(workspace: Workspace) -> None:
    """A fresh tree passes; a new file and a lost report fail it, with difference and remedy."""
    bazel(workspace, "run", "//:bazel_xc")
    fresh = bazel(workspace, "test", "//:bazel_xc_test").stdout
    (workspace.root / "banner" / "more.go").write_text("package banner\n")
    (workspace.root / "report.json").write_text("{}\n")
    stale = bazel(workspace, "test", "//:bazel_xc_test", expect=3).stdout
    named = bazel(workspace, "run", "//:bazel_xc", "--", "--check", expect=1).stdout
    bazel(workspace, "run", "//:bazel_xc")
    mended = bazel(workspace, "test", "//:bazel_xc_test").stdout

    assert "PASSED" in fresh
    assert '+        "more.go",' in stale
    assert "+++ b/report.json" in stale
    assert stale.count("    bazel run //:bazel_xc\n") == 2
    assert named == "stale: banner/BUILD.bazel\n"
    assert "PASSED" in mended


def test_a_command_behind_the_dashes_is_run(workspace: Workspace) -> None:
    said = bazel(workspace, "run", "//:bazel_xc", "--", "report", "--target", "//cmd/greet:greet").stdout

    assert "\n  //cmd/greet\n" in said


def test_the_tool_may_be_a_target(workspace: Workspace) -> None:
    """A program of the workspace in its place says what it was called with."""
    said = bazel(workspace, "run", "//c:by_tool", "--", "report", "it's", expect=3).stdout

    assert said == "hello report it's\n"


def test_another_checkout_finds_everything_in_the_cache(workspace: Workspace) -> None:
    """Nothing that is built depends on the folder that the tree lies in."""
    bazel(workspace, "build", "//c:hellos")
    other = checkout(workspace, "other")

    said = bazel(other, "build", "//c:hellos").stderr
    bazel(other, "shutdown")

    assert set(spawned(said)) <= CACHED


def test_one_target_gives_a_program_for_each_platform(workspace: Workspace) -> None:
    """The programs are for their platforms, and the release has them with their sums."""
    bazel(workspace, "build", "//c:hellos", "//c:release")

    folder = workspace.root / "bazel-bin" / "c"
    names = ("hello-linux_amd64", "hello-linux_arm64")
    assert [machine(folder / name) for name in names] == ["elf amd64", "elf arm64"]
    sums = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names]
    assert (folder / "release" / "SHA256SUMS").read_text() == "".join(
        f"{digest}  {name}\n" for digest, name in zip(sums, names, strict=True)
    )
    assert (folder / "release" / names[1]).read_bytes() == (folder / names[1]).read_bytes()


def test_what_cannot_be_built_is_left_out_and_said(workspace: Workspace) -> None:
    """Bazel prints the message when it loads the package, which no other test does."""
    query = bazel(workspace, "query", "labels(srcs, //said:host)")

    assert query.stdout.split() == ["//said:host_linux_arm64"]
    assert "//cmd/host:host: left out for windows_arm64, where it cannot be built" in query.stderr
    assert incompatible(workspace, pattern="//said/...") == ()


def test_what_nobody_said_is_skipped(workspace: Workspace) -> None:
    """The part that cannot be built is skipped, and what wants all parts, but not the other part."""
    assert incompatible(workspace, pattern="//unsaid/...") == (
        "//unsaid:host",
        "//unsaid:host_windows_arm64",
    )


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        pytest.param("host_test", 0, "", id="runs_as_wanted"),
        pytest.param("arm64_test", 0, "", id="is_what_is_wanted"),
        pytest.param("closer_test", 0, "PASSED", id="by_bazel_xc"),
        pytest.param(
            "too_large_test",
            3,
            "//c:too_large_test: the program does not fit its platform",
            id="too_large",
        ),
        pytest.param(
            "wrong_machine_test",
            3,
            "//c:wrong_machine_test: the program is 'elf arm64', expected 'elf amd64'",
            id="other_machine",
        ),
        pytest.param(
            "wrong_output_test",
            3,
            "//c:wrong_output_test: expected this output:\ngoodbye\n",
            id="other_output",
        ),
        pytest.param("wrong_code_test", 3, "//c:wrong_code_test: exit code 3, expected 0", id="other_code"),
    ],
)
def test_programs_are_verified(workspace: Workspace, target: str, code: int, said: str) -> None:
    assert said in bazel(workspace, "test", f"//c:{target}", expect=code).stdout


def test_zig_compiles_c_and_cxx_for_both_systems(workspace: Workspace) -> None:
    zig()
    bazel(workspace, "build", "//c:by_zig", "//c:cc_by_zig")

    folder = workspace.root / "bazel-bin" / "c"
    names = [
        f"{name}-{system}"
        for name in ("hello", "hello_cc")
        for system in ("linux_arm64_zig", "windows_arm64.exe")
    ]
    assert [machine(folder / name) for name in names] == ["elf arm64", "pe arm64"] * 2


def test_a_missing_compiler_stops_only_its_own_platform(workspace: Workspace) -> None:
    """Everything above was built beside it; a program for its platform finds no toolchain."""
    said = bazel(workspace, "build", "--platforms=//c:windows_amd64", "//c:hello", expect=1).stderr

    # Bazel 4 says the first, Bazel 7 the second.
    assert "No matching toolchains found" in said or "Unable to find a CC toolchain" in said


def _toolchains(session: Session) -> str:
    """The lines of WORKSPACE or MODULE.bazel that declare and register the toolchains."""
    prefixed, zig_rule = ("cc.prefixed(", "cc.zig(") if session.modules else ("prefixed(", "zig(")
    text = TOOLCHAINS.replace("PREFIXED(", prefixed).replace("ZIG(", zig_rule)
    path = os.environ.get("BAZEL_XC_ZIG") or shutil.which("zig") or "/nowhere/zig"
    return (IN_MODULE if session.modules else IN_WORKSPACE) + text.replace("@ZIG@", path, -1) + REGISTER
