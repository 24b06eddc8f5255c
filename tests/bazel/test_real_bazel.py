"""Does a real Bazel agree? What bazel-xc writes for the example, loaded, analysed and built by Bazel.

With the double of rules_go always; with rules_go itself where ``BAZEL_XC_RULES_GO`` names it.
"""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bazel_workspace import (
    DOUBLE,
    Session,
    Workspace,
    bazel,
    close,
    cross_toolchain_text,
    generate,
    go_sdk,
    incompatible,
    make_workspace,
    open_session,
    rules_go,
    sdk_text,
)
from requirements import require

HOST = ()
LINUX_ARM64 = ("--platforms=//platforms:linux_arm64",)
WINDOWS_ARM64 = ("--platforms=//platforms:windows_arm64",)

# Without //platforms: a query looks at manual targets too, and one of them asks for a C toolchain.
GO_PACKAGES = "//banner/... + //checksum/... + //cmd/... + //greeting/... + //internal/... + //sysinfo/..."
SKIPPED_ON_LINUX = ("//internal/winapi:winapi",)
SKIPPED_ON_WINDOWS = (
    "//cmd/host:host",
    "//cmd/host:host_lib",
    "//internal/posix:posix",
    "//sysinfo:sysinfo",
    "//sysinfo:sysinfo_test",
)
TESTS = (
    "//banner:banner_test",
    "//checksum:checksum_test",
    "//greeting:greeting_test",
    "//sysinfo:sysinfo_test",
)

GREETING = "* greet *\nHello, Ada, from linux. a5bd4bb3 (c)\n"

ELF_AARCH64 = 183
PE_ARM64 = 0xAA64

NO_C_ON_ARM64 = """\
[platforms.linux_amd64]
cgo = true

[platforms.linux_arm64]
cgo = false

[platforms.windows_arm64]
cgo = false
"""

Make = Callable[..., Workspace]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return open_session(tmp_path_factory.mktemp("bazel"))


@pytest.fixture(scope="module")
def make(session: Session) -> Iterator[Make]:
    made: list[Workspace] = []

    def make_and_remember(
        name: str, *, rules_go: Path, extra: str = "", config: str | None = None
    ) -> Workspace:
        made.append(make_workspace(session, name, rules_go=rules_go, extra=extra, config=config))
        return made[-1]

    yield make_and_remember
    close(session, made)


@pytest.fixture(scope="module")
def analysed(session: Session, make: Make) -> Workspace:
    """The example beside the double of rules_go, with a C compiler for linux_arm64."""
    return make("analysed", rules_go=DOUBLE, extra=cross_toolchain_text(session))


@pytest.fixture(scope="module")
def built(session: Session, make: Make) -> Workspace:
    """The example beside rules_go, with a C compiler for linux_arm64."""
    checkout, sdk = rules_go(), go_sdk()
    return make("built", rules_go=checkout, extra=sdk_text(sdk) + cross_toolchain_text(session))


@pytest.fixture(scope="module")
def built_without_c(make: Make) -> Workspace:
    """The example beside rules_go, with no C compiler for linux_arm64 and cgo off there."""
    checkout, sdk = rules_go(), go_sdk()
    return make("built_without_c", rules_go=checkout, extra=sdk_text(sdk), config=NO_C_ON_ARM64)


@pytest.mark.parametrize(
    ("platform", "skipped"),
    [
        pytest.param(HOST, SKIPPED_ON_LINUX, id="host"),
        pytest.param(LINUX_ARM64, SKIPPED_ON_LINUX, id="linux_arm64"),
        pytest.param(WINDOWS_ARM64, SKIPPED_ON_WINDOWS, id="windows_arm64"),
    ],
)
def test_bazel_analyses_everything_and_skips_what_cannot_be_built(
    analysed: Workspace, platform: tuple[str, ...], skipped: tuple[str, ...]
) -> None:
    """``//...`` is analysed on every platform, and exactly the impossible targets are skipped."""
    bazel(analysed, "build", "--nobuild", "//...", *platform)

    assert incompatible(analysed, *platform, pattern=GO_PACKAGES) == skipped


def test_a_second_run_changes_nothing(analysed: Workspace) -> None:
    """The BUILD files are the same bytes after another ``generate``, also beside Bazel's links."""
    before = {path: path.read_bytes() for path in analysed.generated}

    generate(analysed.root)

    assert before == {path: path.read_bytes() for path in analysed.generated}


def test_buildifier_accepts_every_generated_file(analysed: Workspace) -> None:
    """buildifier finds nothing to lay out differently."""
    paths = [str(path) for path in analysed.generated]
    assert paths

    done = subprocess.run(
        [require("buildifier"), "-mode=check", *paths], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_host_builds_tests_and_runs(built: Workspace) -> None:
    """All targets build, all tests pass, and the C of both programs is in them."""
    bazel(built, "build", "//...")
    tested = bazel(built, "test", "//...").stdout

    assert sorted(line.split()[0] for line in tested.splitlines() if "PASSED" in line) == sorted(TESTS)
    assert bazel(built, "run", "//cmd/greet", "--", "Ada").stdout == GREETING
    assert bazel(built, "run", "//cmd/host").stdout.startswith("machine: ")


def test_linux_arm64_is_cross_compiled_with_c(built: Workspace) -> None:
    """With a cross compiler both programs are ARM64 and link the C library."""
    bazel(built, "build", "//...", *LINUX_ARM64)

    for name in ("greet", "host"):
        program = _program(built, name)
        assert _elf_machine(program) == ELF_AARCH64
        assert b"libc.so.6" in program


def test_windows_arm64_skips_what_needs_c(built: Workspace) -> None:
    """``//...`` builds with exit 0, the program that needs C is skipped and the other one is ARM64."""
    said = bazel(built, "build", "//...", "--show_result=100", *WINDOWS_ARM64).stderr

    assert sorted(re.findall("^Target (.+) was skipped$", said, re.MULTILINE)) == list(SKIPPED_ON_WINDOWS)
    assert incompatible(built, *WINDOWS_ARM64) == SKIPPED_ON_WINDOWS
    assert _pe_machine(_program(built, "greet.exe")) == PE_ARM64


def test_linux_arm64_builds_without_a_c_compiler_where_cgo_is_off(built_without_c: Workspace) -> None:
    """Where the configuration says that cgo is off, no C toolchain is asked for."""
    bazel(built_without_c, "build", "//...", *LINUX_ARM64)

    program = _program(built_without_c, "greet")
    assert _elf_machine(program) == ELF_AARCH64
    assert b"libc.so.6" not in program


def _program(workspace: Workspace, name: str) -> bytes:
    stem = name.removesuffix(".exe")
    return (workspace.root / "bazel-bin" / "cmd" / stem / f"{stem}_" / name).read_bytes()


def _elf_machine(program: bytes) -> int:
    assert program[:4] == b"\x7fELF"
    return int(struct.unpack_from("<H", program, 18)[0])


def _pe_machine(program: bytes) -> int:
    assert program[:2] == b"MZ"
    (at,) = struct.unpack_from("<I", program, 0x3C)
    assert program[at : at + 4] == b"PE\0\0"
    return int(struct.unpack_from("<H", program, at + 4)[0])
