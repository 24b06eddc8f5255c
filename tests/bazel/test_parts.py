"""The example with every kind of C that a Go package can have, built by rules_go for three platforms and run.

With Bazel 4, rules_go 0.34 and a WORKSPACE where ``BAZEL_XC_RULES_GO`` names that; with Bazel 7, a current
rules_go and modules where ``BAZEL_XC_BAZEL7`` and ``BAZEL_XC_MODULES`` name them. zig is needed for Windows.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    CACHED,
    REPOSITORY,
    Session,
    Workspace,
    bazel,
    checkout,
    close,
    emulator,
    generate,
    go_sdk,
    incompatible,
    machine,
    make_workspace,
    open_modules_session,
    open_session,
    rules_go,
    sdk_text,
    spawned,
    zig,
)
from requirements import require, require_compiler

EXAMPLE = REPOSITORY / "testdata" / "cgo_example"

CONFIG = """\
[go]
tags = ["loud"]

[platforms.linux_amd64]
cgo = true

[platforms.linux_arm64]
cgo = true

[platforms.windows_arm64]
cgo = {windows}
"""

COMPILERS = """\
constraint_setting(name = "compiler")

constraint_value(
    name = "of_zig",
    constraint_setting = ":compiler",
    visibility = ["//visibility:public"],
)

platform(
    name = "linux_arm64_zig",
    constraint_values = [":of_zig"],
    parents = ["//platforms:linux_arm64"],
)
"""

TOOLCHAINS = """
PREFIXED(
    name = "gcc_linux_arm64",
    platform = "linux_arm64",
    prefix = "aarch64-linux-gnu-",
)

ZIG(
    name = "zig_linux_arm64",
    constraints = ["//compilers:of_zig"],
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
use_repo(cc, "gcc_linux_arm64", "zig_linux_arm64", "zig_windows_arm64")
"""

# The platform of an archive -> what compiles it. There is none for Windows.
ARCHIVES = {"linux_amd64": ("gcc", "ar"), "linux_arm64": ("aarch64-linux-gnu-gcc", "aarch64-linux-gnu-ar")}

OUTPUT = """\
platform: linux {arch}
words: 3
motto: Build it twice. 2
assembly: 42 assembly
kernel: Linux (c)
libc: 5 9
shapes: 12 14
clamp: 42 42
product: 42
mirror: pots
callback: 10
root: 21
counted: 5
tagged: {voice}
bundled: 5
processes: true
"""

TESTS = {"//:parts_test"} | {
    f"//{name}:{name}_test"
    for name in (
        "assembly", "bundled", "callback", "clamp", "counted", "kernel", "libc",
        "mirror", "motto", "processes", "product", "shapes", "words", "wrong",
    )
}  # fmt: skip

WITHOUT_ARCHIVE = {"//bundled:bundled", "//bundled:bundled_test"}
FOR_AMD64 = {"//wrong:wrong", "//wrong:wrong_test"}
WITHOUT_LINUX = {"//processes:processes", "//processes:processes_test"}
WITHOUT_C = {"//:parts", "//:parts_test", "//counted:counted_test"} | {
    f"//{name}:{target}"
    for name in ("callback", "clamp", "libc", "mirror", "product", "shapes")
    for target in (name, f"{name}_test")
}

WINDOWS = "--config=windows_arm64"


@pytest.fixture(scope="module", params=["workspace", "modules"])
def workspace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("parts")
    made = make(open_session(folder) if request.param == "workspace" else open_modules_session(folder))
    yield made
    close(made.session, [made])


def test_this_machine_builds_tests_and_runs_everything(workspace: Workspace) -> None:
    bazel(workspace, "build", "//...")
    tested = bazel(workspace, "test", "//...").stdout

    assert {line.split()[0] for line in tested.splitlines() if "PASSED" in line} == TESTS
    assert bazel(workspace, "run", "//cmd/parts").stdout == OUTPUT.format(arch="amd64", voice="quiet")


def test_another_checkout_finds_everything_in_the_cache(workspace: Workspace) -> None:
    """Nothing that Go or C compilers are given depends on the folder that the tree lies in."""
    bazel(workspace, "build", "//...")
    other = checkout(workspace, "other")

    found = spawned(bazel(other, "build", "//...").stderr)
    bazel(other, "shutdown")

    assert set(found) <= CACHED
    assert sum(found.values()) > len(TESTS)


@pytest.mark.parametrize(
    ("flag", "voice"),
    [
        pytest.param("--config=linux_arm64", "loud", id="gnu"),
        pytest.param("--platforms=//compilers:linux_arm64_zig", "quiet", id="zig"),
    ],
)
def test_linux_arm64_has_all_parts(workspace: Workspace, flag: str, voice: str) -> None:
    """Everything is built with cgo on, and the program with all of it in it runs.

    The configuration's build tags come with the platform's --config.
    """
    words = emulator()
    if "zig" not in flag:
        require_compiler("aarch64-linux-gnu-g++")
    bazel(workspace, "build", "//...", flag)

    program = _program(workspace, "parts")
    done = subprocess.run([*words, program], capture_output=True, text=True, check=False)
    assert machine(program) == "elf arm64"
    assert (done.returncode, done.stdout) == (0, OUTPUT.format(arch="arm64", voice=voice)), done.stderr
    assert set(incompatible(workspace, flag)) == FOR_AMD64


def test_windows_arm64_with_c(workspace: Workspace) -> None:
    """With cgo on all but what has no archive or is for Linux is built."""
    bazel(workspace, "build", "//...", WINDOWS)

    assert [machine(_program(workspace, name)) for name in ("parts.exe", "plain.exe")] == ["pe arm64"] * 2
    assert b"_Cfunc_" in _program(workspace, "parts.exe").read_bytes()
    assert set(incompatible(workspace, WINDOWS)) == WITHOUT_ARCHIVE | WITHOUT_LINUX | FOR_AMD64


def test_windows_arm64_without_c(workspace: Workspace) -> None:
    """With cgo off everything else is skipped, and the program that has fallbacks is built."""
    settings = workspace.root / "bazel_xc.toml"
    settings.write_text(CONFIG.format(windows="false"))
    generate(workspace.root)
    said = bazel(workspace, "build", "//...", "--show_result=100", WINDOWS).stderr
    skipped = set(incompatible(workspace, WINDOWS))
    settings.write_text(CONFIG.format(windows="true"))
    generate(workspace.root)

    programs = {"//cmd/parts:parts", "//cmd/parts:parts_lib"}
    assert skipped == WITHOUT_ARCHIVE | WITHOUT_LINUX | FOR_AMD64 | WITHOUT_C | programs
    assert set(re.findall("^Target (.+) was skipped$", said, re.MULTILINE)) == skipped
    assert machine(_program(workspace, "plain.exe")) == "pe arm64"


def make(session: Session) -> Workspace:
    """A copy of the example with its archives and C toolchains."""
    example = session.folder / "example"
    shutil.copytree(EXAMPLE, example)
    for platform, (compiler, archiver) in ARCHIVES.items():
        tools = require_compiler(compiler), require(archiver)
        _archive(
            example / "bundled" / "lib" / "source" / "sum.c", example / "bundled" / "lib" / platform, *tools
        )
    tools = require_compiler("gcc"), require("ar")
    _archive(example / "wrong" / "lib" / "source" / "minus.c", example / "wrong" / "lib", *tools)
    return make_workspace(
        session,
        "parts",
        example=example,
        rules_go=Path() if session.modules else rules_go(),
        extra=("" if session.modules else sdk_text(go_sdk())) + _toolchains(session),
        config=CONFIG.format(windows="true"),
        files={"compilers/BUILD.bazel": COMPILERS},
    )


def _program(workspace: Workspace, name: str) -> Path:
    stem = name.removesuffix(".exe")
    return workspace.root / "bazel-bin" / "cmd" / stem / f"{stem}_" / name


def _archive(source: Path, folder: Path, compiler: str, archiver: str) -> None:
    folder.mkdir(exist_ok=True)
    made = folder / f"{source.stem}.o"
    subprocess.run([compiler, "-c", "-O2", "-fPIC", "-o", made, source], check=True)
    subprocess.run([archiver, "rcD", folder / f"lib{source.stem}.a", made], check=True)
    made.unlink()


def _toolchains(session: Session) -> str:
    """The lines of WORKSPACE or MODULE.bazel that declare and register the toolchains."""
    prefixed, zig_rule = ("cc.prefixed(", "cc.zig(") if session.modules else ("prefixed(", "zig(")
    text = TOOLCHAINS.replace("PREFIXED(", prefixed).replace("ZIG(", zig_rule).replace("@ZIG@", zig())
    return (IN_MODULE if session.modules else IN_WORKSPACE) + text + REGISTER
