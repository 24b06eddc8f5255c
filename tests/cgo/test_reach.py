"""What the C of a package reaches: strictly on a configured platform, generously on any."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.cgo.flags import CgoFlags, CgoSource, flags_by_platform
from bazel_xc.cgo.includes import Missing, Reached, Scans
from bazel_xc.cgo.macros import Language
from bazel_xc.cgo.preamble import c_directives, cgo_lines
from bazel_xc.cgo.reach import CFile, CSide, reached_anywhere, reached_on, search_anywhere
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.source import Preamble
from bazel_xc.model import Platform
from bazel_xc.tree import MemoryTree

LINUX = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "arm64", cgo=True)
BOTH = frozenset({LINUX.name, WINDOWS.name})


def _source(text: str, path: str = "p/x.go", on: frozenset[str] = BOTH) -> CgoSource:
    preamble = Preamble(text, 1)
    return CgoSource(
        path=path,
        lines=cgo_lines(preamble),
        directives=c_directives([preamble]),
        may=KNOWN_PLATFORMS if on == BOTH else on,
        active=on,
    )


def _file(path: str, language: Language = Language.C, on: frozenset[str] = BOTH) -> CFile:
    return CFile(path=path, language=language, may=KNOWN_PLATFORMS if on == BOTH else on, active=on)


def _side(text: str, *files: CFile) -> CSide:
    return CSide(directory="p", sources=(_source(text),), files=files)


def _scans(tree: Mapping[str, str]) -> Scans:
    return Scans(MemoryTree({path: text.encode() for path, text in tree.items()}))


def _flags(side: CSide) -> CgoFlags:
    return flags_by_platform(side.sources, side.directory, KNOWN_PLATFORMS, frozenset())


def _paths(reached: Reached) -> list[str]:
    return [file.path for file in reached.files]


def _missing(reached: Reached) -> list[str]:
    return [each.header + ("" if each.certain else "?") for each in reached.missing]


@pytest.mark.parametrize(
    ("text", "tree", "expected"),
    [
        pytest.param('#include "a.h"\n#include <b.h>', ["p/a.h", "p/b.h"], [], id="beside_the_package"),
        pytest.param('#include "a.h"', [], ["a.h"], id="missing"),
        pytest.param("#include <stdio.h>\n#include <unistd.h>", [], ["unistd.h"], id="iso_c_only"),
        pytest.param(
            "#cgo CFLAGS: -I${SRCDIR}/inc -I ../up\n#include <a.h>\n#include <b/c.h>",
            ["p/inc/a.h", "up/b/c.h"],
            [],
            id="search_directories",
        ),
        pytest.param(
            "#cgo CPPFLAGS: -iquoteq\n#cgo CFLAGS: -isystem s\n#include <a.h>\n#include <b.h>",
            ["p/q/a.h", "p/s/b.h"],
            ["a.h"],
            id="kinds_of_directories",
        ),
        pytest.param("#cgo CXXFLAGS: -Iinc\n#include <a.h>", ["p/inc/a.h"], ["a.h"], id="preambles_are_c"),
        pytest.param("#cgo windows CFLAGS: -Iinc\n#include <a.h>", ["p/inc/a.h"], ["a.h"], id="elsewhere"),
        pytest.param(
            "#cgo CFLAGS: -I../../out -I/abs\n#include <a.h>",
            ["../out/a.h", "/abs/a.h"],
            ["a.h"],
            id="outside",
        ),
        pytest.param("#cgo LDFLAGS: -Iinc\n#include <a.h>", ["p/inc/a.h"], ["a.h"], id="linker_flag"),
        pytest.param('#include "../a.h"', ["a.h"], [], id="above_the_package"),
        pytest.param("#cgo CFLAGS: -I\n#include <a.h>", ["a.h"], ["a.h"], id="flag_without_directory"),
        pytest.param("#cgo CFLAGS: -Iinc `x`\n#include <a.h>", ["p/inc/a.h"], ["a.h"], id="refused_by_go"),
        pytest.param("#ifdef _X\n#include <a.h>\n#endif", [], ["a.h?"], id="uncertain"),
        pytest.param(
            "#cgo CFLAGS: -DX\n#ifdef X\n#include <a.h>\n#endif", [], ["a.h"], id="defined_by_a_flag"
        ),
        pytest.param(
            "#cgo windows CFLAGS: -DX\n#ifdef X\n#include <a.h>\n#endif", [], [], id="defined_for_others_only"
        ),
    ],
)
def test_missing_on_linux(text: str, tree: list[str], expected: list[str]) -> None:
    assert expected == _missing(reached_on(_side(text), LINUX, _scans(dict.fromkeys(tree, ""))))


def test_c_files_are_followed_in_their_language_with_its_flags() -> None:
    text = "#cgo CFLAGS: -Ic\n#cgo CXXFLAGS: -Icxx\n#cgo CPPFLAGS: -Iall"
    body = "#include <x.h>\n#include <y.h>\n#ifdef __cplusplus\n#include <vector>\n#endif"
    tree = {"p/a.c": body, "p/b.cc": body, "p/c/x.h": "", "p/cxx/x.h": "", "p/all/y.h": ""}
    side = _side(text, _file("p/a.c"), _file("p/b.cc", Language.CXX))
    found = reached_on(side, LINUX, _scans(tree))

    assert _paths(found) == ["p/all/y.h", "p/c/x.h", "p/cxx/x.h"]
    assert found.missing == (Missing("p/b.cc", 4, "vector", True),)


def test_only_files_of_the_platform_are_followed() -> None:
    tree = {"p/a.c": "#include <a.h>", "p/w.c": "#include <w.h>"}
    side = _side("", _file("p/a.c"), _file("p/w.c", on=frozenset({WINDOWS.name})))

    assert _missing(reached_on(side, LINUX, _scans(tree))) == ["a.h"]
    assert _missing(reached_on(side, WINDOWS, _scans(tree))) == ["a.h", "w.h"]


def test_c_files_count_for_nothing_where_no_cgo_file_does() -> None:
    side = CSide(directory="p", files=(_file("p/a.c"),))

    assert reached_on(side, LINUX, _scans({"p/a.c": "#include <a.h>"})) == Reached()


def test_anywhere_each_platform_looks_in_its_own_directories() -> None:
    text = "#cgo linux CFLAGS: -Ilinux -DL\n#cgo windows CFLAGS: -Iwin\n#cgo !windows CFLAGS: -Iall"
    text += "\n#include <c.h>"
    branches = (
        "#ifdef L\n#include <l.h>\n#else\n#include <e.h>\n#endif\n#ifdef _WIN32\n#include <w.h>\n#endif"
    )
    tree = {"p/linux/c.h": branches, "p/win/c.h": "", "p/all/c.h": ""}
    tree |= dict.fromkeys(["p/linux/l.h", "p/all/e.h", "p/all/w.h", "p/win/other.h"], "")
    side = _side(text)
    flags = _flags(side)

    assert _paths(reached_anywhere(side, flags, _scans(tree))) == [
        "p/all/c.h",
        "p/all/e.h",
        "p/all/w.h",
        "p/linux/c.h",
        "p/linux/l.h",
        "p/win/c.h",
    ]
    assert search_anywhere(flags) == ("p/all", "p/linux", "p/win")


def test_nothing_is_reached_without_c() -> None:
    assert reached_anywhere(CSide(directory="p"), {}, _scans({})) == Reached()
    assert search_anywhere({}) == ()
