"""Macros that are known before a file is read: of compilers, and of -D and -U."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

from bazel_xc.cgo.conditions import OPEN_VALUE, evaluate, parse_condition
from bazel_xc.cgo.macros import Language, definitions_in, language_of, platform_macros
from bazel_xc.golang.constraints import KNOWN_PLATFORMS

UNKNOWN = "nothing is known"


@pytest.mark.parametrize(
    ("platform", "name", "expected"),
    [
        pytest.param("linux_amd64", "__linux__", "1", id="linux"),
        pytest.param("linux_amd64", "_WIN32", None, id="linux_is_no_windows"),
        pytest.param("linux_amd64", "__gnu_linux__", UNKNOWN, id="perhaps_musl"),
        pytest.param("linux_amd64", "__AVX2__", UNKNOWN, id="of_some_processors"),
        pytest.param("linux_arm64", "__AVX2__", None, id="of_other_processors"),
        pytest.param("linux_arm64", "__aarch64__", "1", id="arm64"),
        pytest.param("linux_arm64", "__arm64__", None, id="name_of_apple_only"),
        pytest.param("darwin_arm64", "__arm64__", "1", id="apple"),
        pytest.param("ios_arm64", "__APPLE__", "1", id="ios"),
        pytest.param("android_arm64", "__linux__", "1", id="android"),
        pytest.param("windows_amd64", "_WIN64", "1", id="windows_of_64_bits"),
        pytest.param("windows_386", "_WIN64", None, id="windows_of_32_bits"),
        pytest.param("windows_arm64", "__LP64__", None, id="longs_of_windows"),
        pytest.param("windows_amd64", "WIN32", UNKNOWN, id="not_with_every_standard"),
        pytest.param("windows_amd64", "_MSC_VER", None, id="no_msvc"),
        pytest.param("linux_s390x", "__BYTE_ORDER__", "4321", id="big_end_first"),
        pytest.param("linux_386", "__SIZEOF_POINTER__", "4", id="sizes"),
        pytest.param("linux_amd64", "__GNUC__", OPEN_VALUE, id="some_version"),
        pytest.param("linux_amd64", "__cplusplus", None, id="language"),
        pytest.param("linux_amd64", "HAVE_CONFIG_H", UNKNOWN, id="of_the_user"),
        pytest.param("", "__linux__", UNKNOWN, id="no_platform"),
        pytest.param("", "__GNUC__", OPEN_VALUE, id="alike_everywhere"),
        pytest.param("", "_MSC_VER", None, id="nowhere"),
    ],
)
def test_platform_macros(platform: str, name: str, expected: str | None) -> None:
    assert platform_macros(platform, Language.C).get(name, UNKNOWN) == expected


def test_languages() -> None:
    assert platform_macros("linux_amd64", Language.CXX)["__cplusplus"] == OPEN_VALUE
    assert platform_macros("", Language.OBJC)["__OBJC__"] == "1"
    assert platform_macros("", Language.C)["__ASSEMBLER__"] is None


def test_definitions_are_the_last_word_on_a_platform() -> None:
    definitions = [("A", "2"), ("B", "1"), ("B", None), ("__linux__", None)]
    found = platform_macros("linux_amd64", Language.C, definitions)

    assert (found["A"], found["B"], found["__linux__"]) == ("2", None, None)


def test_without_a_platform_definitions_leave_names_open() -> None:
    found = platform_macros("", Language.C, [("_MSC_VER", "1900"), ("A", "2")])

    assert not {"_MSC_VER", "A"} & found.keys()


def test_definitions_in_flags() -> None:
    words = ["-DA", "-D", "B=2", "-O2", "-UC", "-U", "D", "-DE=", '-DF="f.h"', "-DG(x)=x"]
    expected = [("A", "1"), ("B", "2"), ("C", None), ("D", None), ("E", ""), ("F", '"f.h"'), ("G", "x")]

    assert expected == list(definitions_in(words))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a.c", Language.C, id="c"),
        pytest.param("a.b.cxx", Language.CXX, id="cxx"),
        pytest.param("a.mm", Language.OBJCXX, id="objcxx"),
        pytest.param("a.S", Language.ASSEMBLY, id="assembly"),
        pytest.param("a.s", None, id="not_preprocessed"),
        pytest.param("a.h", None, id="header"),
        pytest.param("c", None, id="no_suffix"),
    ],
)
def test_language_of(name: str, expected: Language | None) -> None:
    assert language_of(name) == expected


def test_every_known_platform_has_its_system_and_processor() -> None:
    systems = "__linux__ __APPLE__ _WIN32 __FreeBSD__ __OpenBSD__ __NetBSD__ __DragonFly__ __sun _AIX __QNX__"
    unnamed = [
        name
        for name in sorted(KNOWN_PLATFORMS)
        if sum(platform_macros(name, Language.C).get(each) is not None for each in systems.split()) != 1
    ]

    assert unnamed == ["js_wasm", "plan9_386", "plan9_amd64", "plan9_arm", "wasip1_wasm"]


def test_the_table_agrees_with_the_compiler_of_this_machine(require: Callable[[str], str]) -> None:
    gcc = require("gcc")
    machine = _run(gcc, "-dumpmachine").strip()
    platform = {"x86_64-linux-gnu": "linux_amd64", "aarch64-linux-gnu": "linux_arm64"}.get(machine)
    if platform is None:
        pytest.skip("no gcc for a platform whose macros are compared")

    assert _disagreements(platform, Language.C, gcc) == []


# Platforms of go -> targets of zig, whose compiler is clang for all of them.
_TARGETS = {
    "android_amd64": "x86_64-linux-android", "android_arm64": "aarch64-linux-android",
    "darwin_amd64": "x86_64-macos", "darwin_arm64": "aarch64-macos", "dragonfly_amd64": "x86_64-dragonfly",
    "freebsd_amd64": "x86_64-freebsd", "freebsd_arm64": "aarch64-freebsd", "illumos_amd64": "x86_64-illumos",
    "ios_arm64": "aarch64-ios", "linux_386": "x86-linux-gnu", "linux_amd64": "x86_64-linux-musl",
    "linux_arm": "arm-linux-gnueabihf", "linux_arm64": "aarch64-linux-gnu",
    "linux_loong64": "loongarch64-linux-gnu", "linux_mips": "mips-linux-gnueabihf",
    "linux_mips64": "mips64-linux-gnuabi64", "linux_mips64le": "mips64el-linux-gnuabi64",
    "linux_mipsle": "mipsel-linux-gnueabihf", "linux_ppc64": "powerpc64-linux-gnu",
    "linux_ppc64le": "powerpc64le-linux-gnu", "linux_riscv64": "riscv64-linux-gnu",
    "linux_s390x": "s390x-linux-gnu", "linux_sparc64": "sparc64-linux-gnu", "netbsd_amd64": "x86_64-netbsd",
    "openbsd_amd64": "x86_64-openbsd", "wasip1_wasm": "wasm32-wasi", "windows_386": "x86-windows-gnu",
    "windows_amd64": "x86_64-windows-gnu", "windows_arm64": "aarch64-windows-gnu",
}  # fmt: skip


@pytest.mark.parametrize("language", [Language.C, Language.CXX])
@pytest.mark.parametrize("platform", sorted(_TARGETS))
def test_the_table_agrees_with_clang_for_every_target(
    platform: str, language: Language, require: Callable[[str], str]
) -> None:
    zig = os.environ.get("BAZEL_XC_ZIG") or require("zig")

    assert _disagreements(platform, language, zig, "cc", "-target", _TARGETS[platform]) == []


def _disagreements(platform: str, language: Language, *compiler: str) -> list[str]:
    """The macros of the table that a compiler has otherwise."""
    text = _run(*compiler, "-dM", "-E", "-x", language.value, "-")
    lines = [line.split(" ", 2) for line in text.splitlines()]
    real = {words[1].partition("(")[0]: "".join(words[2:]) for words in lines}
    known = platform_macros(platform, language)
    numbers = {name: text for name, text in known.items() if text and text != OPEN_VALUE}
    other = [
        name for name, text in numbers.items() if not evaluate(parse_condition(f"{name} == {text}"), real)
    ]
    return [*other, *(name for name, text in known.items() if text is None and name in real)]


def _run(*command: str) -> str:
    return subprocess.run(command, input="", capture_output=True, text=True, check=True).stdout
