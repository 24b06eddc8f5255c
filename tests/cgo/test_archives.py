"""Which files of the workspace LDFLAGS mean on each platform, and which of them are not there."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from bazel_xc.cgo.archives import (
    Archive,
    Archives,
    MissingArchive,
    bundled_needs,
    linked_archives,
    look_in,
    with_unasked,
)
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.machine import Container, Machine, Part
from bazel_xc.model import ByPlatform
from bazel_xc.tree import DiskTree

AMD64 = Machine(frozenset({Part(Container.ELF, "amd64")}))
LINUX, ARM, DARWIN, WINDOWS = "linux_amd64", "linux_arm64", "darwin_arm64", "windows_amd64"


def _linked(words: Mapping[str, str], *files: str) -> Archives:
    flags = ByPlatform.fold({platform: text.split() for platform, text in words.items()})
    return linked_archives({"LDFLAGS": flags}, lambda path: AMD64 if path in files else None)


def _archive(path: str, word: str, *platforms: str, machine: Machine | None = AMD64) -> Archive:
    return Archive(path=path, platforms=frozenset(platforms), words=(word,), machine=machine)


@pytest.mark.parametrize(
    ("platform", "words", "files", "expected"),
    [
        pytest.param(
            LINUX,
            "p/x.a p/y.syso -O2 z.so.1.2",
            ["p/x.a", "p/y.syso", "z.so.1.2"],
            ["p/x.a", "p/y.syso", "z.so.1.2"],
            id="paths",
        ),
        pytest.param(
            LINUX, "-Lp/lib -lx", ["p/lib/libx.a", "p/lib/libx.so"], ["p/lib/libx.so"], id="shared_first"
        ),
        pytest.param(
            LINUX, "-lx -L p/lib", ["p/lib/libx.a"], ["p/lib/libx.a"], id="directory_after_the_name"
        ),
        pytest.param(
            LINUX, "-La -Lb -lx", ["a/libx.a", "b/libx.so"], ["a/libx.a"], id="directories_in_order"
        ),
        pytest.param(
            LINUX,
            "-La -Wl,-Bstatic -lx -Wl,-Bdynamic -ly",
            ["a/libx.a", "a/libx.so", "a/liby.a", "a/liby.so"],
            ["a/libx.a", "a/liby.so"],
            id="static_and_dynamic",
        ),
        pytest.param(LINUX, "-La -static -lx", ["a/libx.so", "a/libx.a"], ["a/libx.a"], id="all_static"),
        pytest.param(LINUX, "-L. -l:x.o", ["x.o", "libx.o.a"], ["x.o"], id="by_file_at_the_root"),
        pytest.param(
            LINUX,
            "-Wl,--whole-archive,p/x.a,-Lq,-ly",
            ["p/x.a", "q/liby.a"],
            ["p/x.a", "q/liby.a"],
            id="of_the_linker",
        ),
        pytest.param(
            LINUX,
            "-Wl,-rpath,a -Wl,-soname -Wl,b.so -L/usr/lib -L../up -lx",
            ["b.so", "../up/libx.a", "/usr/lib/libx.a"],
            [],
            id="others",
        ),
        pytest.param(LINUX, "/x.a ../x.a C:/x.a -L -l", ["/x.a", "../x.a", "C:/x.a"], [], id="outside"),
        pytest.param(
            DARWIN, "-La -lx", ["a/libx.so", "a/libx.a", "a/libx.dylib"], ["a/libx.dylib"], id="darwin"
        ),
        pytest.param(
            WINDOWS, "-La -lx", ["a/x.lib", "a/x.dll", "a/libx.dll.a"], ["a/libx.dll.a"], id="import_library"
        ),
        pytest.param(
            WINDOWS, "-La -lx -ly", ["a/x.lib", "a/x.dll", "a/y.dll"], ["a/x.lib", "a/y.dll"], id="windows"
        ),
    ],
)
def test_what_words_mean(platform: str, words: str, files: list[str], expected: list[str]) -> None:
    found = _linked({platform: words}, *files)

    assert expected == [archive.path for archive in found.archives]
    assert found.missing == ()


def test_platforms_of_a_file_and_the_words_that_mean_it() -> None:
    found = _linked({LINUX: "-Lp -lx p/libx.a", ARM: "-Lp -lx", DARWIN: "-lx"}, "p/libx.a")
    expected = Archive(
        path="p/libx.a", platforms=frozenset({LINUX, ARM}), words=("-lx", "p/libx.a"), machine=AMD64
    )

    assert found == Archives(archives=(expected,))
    assert expected.unfit == {ARM}
    assert found.on(ARM) == (expected,)
    assert found.on(DARWIN) == ()


def test_a_path_without_a_file_is_missing() -> None:
    found = _linked({LINUX: "p/x.a", ARM: "p/x.a"})

    assert found == Archives(
        archives=(_archive("p/x.a", "p/x.a", LINUX, ARM, machine=None),),
        missing=(MissingArchive(word="p/x.a", platforms=frozenset({LINUX, ARM})),),
    )
    assert found.archives[0].unfit == frozenset()
    assert found.on(LINUX) == ()


@pytest.mark.parametrize(
    ("words", "files", "expected"),
    [
        pytest.param(
            {LINUX: "-Lp/amd64 -lx", ARM: "-Lp/arm64 -lx"},
            ["p/amd64/libx.a"],
            [("-lx", {ARM}, ("p/arm64",))],
            id="for_others",
        ),
        pytest.param(
            {LINUX: "-Lp -lx", WINDOWS: "-Lp -lx"},
            ["p/libx.so"],
            [("-lx", {WINDOWS}, ("p",))],
            id="in_another_format",
        ),
        pytest.param(
            {LINUX: "-Lp -lx"}, ["p/x.dll"], [("-lx", {LINUX}, ("p",))], id="for_a_platform_that_asks_not"
        ),
        pytest.param({LINUX: "-Lp -lx -lm"}, ["p/libx.a"], [], id="library_of_the_system"),
        pytest.param({LINUX: "-Lp -lx", DARWIN: "-lx"}, ["p/libx.a"], [], id="no_directory_of_the_workspace"),
        pytest.param(
            {LINUX: "-Lp -l:x.a", ARM: "-Lq -l:x.a"}, ["p/x.a"], [("-l:x.a", {ARM}, ("q",))], id="by_file"
        ),
    ],
)
def test_names_that_are_missing_here(
    words: dict[str, str], files: list[str], expected: list[tuple[str, set[str], tuple[str, ...]]]
) -> None:
    found = _linked(words, *files).missing

    assert expected == [(each.word, set(each.platforms), each.directories) for each in found]


def test_files_on_disk(tmp_path: Path) -> None:
    (tmp_path / "x.o").write_bytes(b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HH", 1, 62))
    look = look_in(DiskTree(tmp_path))

    assert [look(path) for path in ("x.o", "x.o", "y.o", ".", "\0")] == [AMD64, AMD64, None, None, None]


def _need(kind: NeedKind, name: str, *platforms: str) -> CNeed:
    return CNeed(kind, name, frozenset(platforms), "p/p.go", 3)


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param([], [], id="nothing_is_open"),
        pytest.param([_need(NeedKind.SYMBOL, "f", "linux_arm64")], ["f"], id="open"),
        pytest.param([_need(NeedKind.SYMBOL, "f", LINUX)], [], id="linked_there"),
        pytest.param(
            [_need(NeedKind.SYMBOL, "f", "linux_arm64"), _need(NeedKind.LIB, "m", "linux_arm64")],
            ["f"],
            id="library_of_the_toolchain",
        ),
        pytest.param(
            [_need(NeedKind.SYMBOL, "f", "linux_arm64"), _need(NeedKind.LIB, "y", "linux_arm64")],
            [],
            id="perhaps_in_another_library",
        ),
    ],
)
def test_platforms_that_link_no_file_though_symbols_are_open(needs: list[CNeed], expected: list[str]) -> None:
    found = with_unasked(Archives(archives=(_archive("p/x.a", "-lx", LINUX),)), needs)

    assert [name for each in found.missing for name in each.symbols] == expected
    assert found.lacking == frozenset({"linux_arm64"} if expected else ())


def test_symbols_are_no_needs_beside_files_of_the_tree() -> None:
    needs = [_need(NeedKind.SYMBOL, "f", "linux_arm64"), _need(NeedKind.LIB, "x", LINUX, "darwin_arm64")]
    archives = Archives(archives=(_archive("p/x.a", "-lx", LINUX, "darwin_arm64"),))

    assert [(each.kind, sorted(each.platforms)) for each in bundled_needs(needs, archives)] == [
        (NeedKind.ARCHIVE, [LINUX])
    ]
    assert bundled_needs(needs[:1], Archives()) == tuple(needs[:1])
