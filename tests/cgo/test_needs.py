"""What C a package needs: strictly as go would compile it on each configured platform."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.flags import CgoSource
from bazel_xc.cgo.includes import Missing
from bazel_xc.cgo.needs import CNeed, NeedKind, c_needs
from bazel_xc.cgo.preamble import cgo_lines
from bazel_xc.golang.source import Preamble
from bazel_xc.model import Platform

LINUX = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "arm64", cgo=True)
DARWIN = Platform("darwin", "arm64", cgo=True)
PLATFORMS = (LINUX, WINDOWS, DARWIN)
EVERYWHERE = frozenset(platform.name for platform in PLATFORMS)


def _source(text: str, path: str = "p/x.go", active: frozenset[str] = EVERYWHERE) -> CgoSource:
    preamble = Preamble(text, 1)
    return CgoSource(path=path, lines=cgo_lines(preamble), active=active)


def _names(text: str, directory: str = "p") -> list[str]:
    found = c_needs([_source(text)], [LINUX], directory, {})
    return [f"{need.kind} {need.name}" for need in found]


def test_needs_are_merged_over_platforms_and_sorted() -> None:
    text = "#cgo LDFLAGS: -lz\n#cgo linux darwin LDFLAGS: -lpng -lz\n#cgo pkg-config: zlib"
    missing = {platform.name: [Missing("p/x.go", 4, "zlib.h", True)] for platform in PLATFORMS}
    found = c_needs([_source(text)], PLATFORMS, "p", missing)

    expected = (
        CNeed(NeedKind.HEADER, "zlib.h", EVERYWHERE, "p/x.go", 4),
        CNeed(NeedKind.LIB, "png", frozenset({"linux_amd64", "darwin_arm64"}), "p/x.go", 2),
        CNeed(NeedKind.LIB, "z", EVERYWHERE, "p/x.go", 1),
        CNeed(NeedKind.PKG_CONFIG, "zlib", EVERYWHERE, "p/x.go", 3),
    )
    assert expected == found


def test_the_first_file_is_named_even_where_it_counts_on_a_later_platform_only() -> None:
    sources = [
        _source("\n#cgo LDFLAGS: -lz", "p/b.go"),
        _source("\n\n#cgo LDFLAGS: -lz", "p/a.go", frozenset({"darwin_arm64"})),
    ]
    expected = (CNeed(NeedKind.LIB, "z", EVERYWHERE, "p/a.go", 3),)

    assert expected == c_needs(sources, PLATFORMS, "p", {})


def test_files_that_go_does_not_compile_need_nothing() -> None:
    source = _source("#cgo LDFLAGS: -lz", active=frozenset({"linux_arm64"}))

    assert not c_needs([source], PLATFORMS, "p", {})


def test_conditions_are_those_of_go_with_its_tags_and_release() -> None:
    text = (
        "#cgo !cgo LDFLAGS: -la\n#cgo static LDFLAGS: -lb\n#cgo go1.21 LDFLAGS: -lc\n#cgo go1.22 LDFLAGS: -ld"
    )
    found = c_needs(
        [_source(text)], [LINUX], "p", {}, tags_on=lambda _: frozenset({"static"}), release=(1, 21)
    )

    assert [need.name for need in found] == ["b", "c"]


def test_headers_that_are_missing_on_some_platforms() -> None:
    missing = {
        "linux_amd64": [Missing("p/b.c", 3, "z.h", True, False), Missing("p/c.c", 1, "z.h", False, False)],
        "windows_arm64": [Missing("p/a.h", 9, "z.h", True), Missing("p/a.h", 8, "y.h", False, False)],
        "linux_arm64": [Missing("p/a.h", 1, "x.h", True)],
    }
    expected = (
        CNeed(NeedKind.HEADER, "y.h", frozenset({"windows_arm64"}), "p/a.h", 8, certain=False),
        CNeed(NeedKind.HEADER, "z.h", frozenset({"windows_arm64"}), "p/a.h", 9, certain=True),
        CNeed(NeedKind.HEADER, "z.h", frozenset({"linux_amd64"}), "p/b.c", 3, certain=False),
    )

    assert expected == c_needs([], PLATFORMS, "p", missing)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param("-la -l b -l:libc.a", ["lib :libc.a", "lib a", "lib b"], id="libraries"),
        pytest.param("-framework F -weak_framework B", ["framework B", "framework F"], id="frameworks"),
        pytest.param("-Wl,-Bstatic,-la,-framework,F", ["framework F", "lib a"], id="of_the_linker"),
        pytest.param("-Xlinker -la -Xlinker -rpath -Xlinker /x.so", ["lib a"], id="xlinker"),
        pytest.param("${SRCDIR}/lib/x.a ${SRCDIR}/../y.o", ["archive p/lib/x.a", "archive y.o"], id="paths"),
        pytest.param(
            "a.so b.so.1.2 c.lib", ["archive a.so", "archive b.so.1.2", "archive c.lib"], id="endings"
        ),
        pytest.param(
            "a.dylib b.syso c.dll", ["archive a.dylib", "archive b.syso", "archive c.dll"], id="more"
        ),
        pytest.param("-Wl,--whole-archive,${SRCDIR}/./x.a,--no-whole-archive", ["archive p/x.a"], id="whole"),
        pytest.param("-Wl,-soname,libx.so.1 -Wl,-rpath,/opt/x.so -Wl,-rpath=y.so", [], id="arguments"),
        pytest.param("-static -O2 -L${SRCDIR} -l", [], id="others"),
    ],
)
def test_links(flags: str, expected: list[str]) -> None:
    assert expected == _names(f"#cgo LDFLAGS: {flags}")


def test_pkg_config_without_options() -> None:
    assert _names("#cgo pkg-config: --static libpng gtk+-3.0") == ["pkg_config gtk+-3.0", "pkg_config libpng"]


def test_archives_at_the_root() -> None:
    assert _names("#cgo LDFLAGS: ${SRCDIR}/x.a", directory="") == ["archive x.a"]


def test_lines_that_go_refuses_are_no_needs() -> None:
    assert not _names("#cgo LDFLAGS: -la `x`\n#cgo LIBS: -lb")


@given(
    st.lists(st.sampled_from(["#cgo LDFLAGS: -la -lb", "#cgo linux LDFLAGS: -lb"]), max_size=4),
    st.permutations(PLATFORMS),
)
def test_neither_the_order_of_platforms_nor_of_sources_matters(
    texts: list[str], shuffled: list[Platform]
) -> None:
    sources = [
        _source(text, f"p/{number}.go") for text, number in zip(texts, itertools.count(), strict=False)
    ]
    expected = c_needs(sources, PLATFORMS, "p", {})

    assert expected == c_needs(reversed(sources), shuffled, "p", {})
