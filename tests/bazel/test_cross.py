"""The example, cgo included, built for three platforms in one build, by rules_go and the C toolchains here.

With Bazel 4, rules_go 0.34 and a WORKSPACE where ``BAZEL_XC_RULES_GO`` names that; with Bazel 7, a current
rules_go and modules where ``BAZEL_XC_BAZEL7`` and ``BAZEL_XC_MODULES`` name them. zig is needed for Windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    CROSS_GCC,
    Session,
    Workspace,
    bazel,
    close,
    emulator,
    find_emulator,
    go_sdk,
    machine,
    make_workspace,
    open_modules_session,
    open_session,
    rules_go,
    sdk_text,
    write_python,
    zig,
)
from requirements import require_compiler

from bazel_xc.buildfile.printer import quote

CONFIG = """\
[platforms.linux_amd64]
cgo = true

[platforms.linux_arm64]
cgo = true

[platforms.windows_arm64]
cgo = true
"""

ROOT = """\
load("@bazel_xc//rules:defs.bzl", "bazel_xc_test", "xc_binary", "xc_verify_test")

# gazelle:prefix example.com/greet

exports_files(["go.mod"])

bazel_xc_test(
    name = "bazel_xc_test",
    python = {python},
)

xc_binary(
    name = "greet",
    binary = "//cmd/greet",
    platforms = [
        "//platforms:linux_amd64",
        "//platforms:linux_arm64",
        "//platforms:windows_arm64",
    ],
)

xc_verify_test(
    name = "greet_test",
    binary = "//cmd/greet",
    emulator = {emulator},
    platform = "//platforms:linux_arm64",
    program_args = ["Ada"],
    stdout = "* greet *\\nHello, Ada, from linux. a5bd4bb3 (c)\\n",
)
"""

IN_WORKSPACE = """
load("@bazel_xc//rules/cc:repositories.bzl", "prefixed_cc_toolchain", "zig_cc_toolchain")

prefixed_cc_toolchain(
    name = "gcc_linux_arm64",
    platform = "linux_arm64",
    prefix = "aarch64-linux-gnu-",
)

zig_cc_toolchain(
    name = "zig_windows_arm64",
    platform = "windows_arm64",
    zig = "{zig}",
)
"""

IN_MODULE = """
cc = use_extension("@bazel_xc//rules/cc:extensions.bzl", "cc_toolchains")
cc.prefixed(
    name = "gcc_linux_arm64",
    platform = "linux_arm64",
    prefix = "aarch64-linux-gnu-",
)
cc.zig(
    name = "zig_windows_arm64",
    platform = "windows_arm64",
    zig = "{zig}",
)
use_repo(cc, "gcc_linux_arm64", "zig_windows_arm64")
"""

REGISTER = """
register_toolchains(
    "@gcc_linux_arm64//:toolchain",
    "@zig_windows_arm64//:toolchain",
)
"""


@pytest.fixture(scope="module", params=["workspace", "modules"])
def workspace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """The example with cgo on everywhere, and a target for three platforms."""
    folder = tmp_path_factory.mktemp("cross")
    require_compiler(CROSS_GCC)
    made = _with_modules(folder) if request.param == "modules" else _with_workspace(folder)
    yield made
    close(made.session, [made])


def test_one_build_gives_programs_with_c_for_three_platforms(workspace: Workspace) -> None:
    bazel(workspace, "build", "//:greet")

    folder = workspace.root / "bazel-bin"
    names = ("greet-linux_amd64", "greet-linux_arm64", "greet-windows_arm64.exe")
    assert [machine(folder / name) for name in names] == ["elf amd64", "elf arm64", "pe arm64"]
    # The Go functions that call C keep their names in a stripped program.
    assert all(b"_Cfunc_" in (folder / name).read_bytes() for name in names)


def test_the_program_for_arm64_runs(workspace: Workspace) -> None:
    emulator()
    assert "PASSED" in bazel(workspace, "test", "//:greet_test", "--test_output=errors").stdout


def test_the_check_runs_with_the_go_of_the_toolchain(workspace: Workspace) -> None:
    """Also where another platform is chosen: that Go is the one for this machine."""
    windows = "--platforms=//platforms:windows_arm64"

    assert "PASSED" in bazel(workspace, "test", "//:bazel_xc_test").stdout
    assert "PASSED" in bazel(workspace, "test", "//:bazel_xc_test", windows).stdout


def _with_workspace(folder: Path) -> Workspace:
    checkout, sdk, compiler = rules_go(), go_sdk(), zig()
    session = open_session(folder)
    extra = sdk_text(sdk) + IN_WORKSPACE.format(zig=compiler) + REGISTER
    return make_workspace(session, "w", rules_go=checkout, extra=extra, config=CONFIG, files=_files(session))


def _with_modules(folder: Path) -> Workspace:
    session, compiler = open_modules_session(folder), zig()
    extra = IN_MODULE.format(zig=compiler) + REGISTER
    return make_workspace(session, "w", extra=extra, config=CONFIG, files=_files(session))


def _files(session: Session) -> dict[str, str]:
    python = write_python(session)
    return {"BUILD.bazel": ROOT.format(python=quote(str(python)), emulator=list(find_emulator()))}
