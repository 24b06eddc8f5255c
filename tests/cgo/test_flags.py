"""Flags of #cgo lines: per platform, in source order, paths from the workspace root."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.cgo.flags import (
    NO_FLAGS,
    CgoFlags,
    CgoSource,
    bazel_flag,
    flags_by_platform,
    listed_flags,
    resolved_words,
    without_paths,
)
from bazel_xc.cgo.preamble import cgo_lines
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.source import Preamble
from bazel_xc.model import ByPlatform

PLATFORMS = frozenset({"linux_amd64", "linux_arm64", "windows_arm64"})


def _source(text: str, path: str = "p/x.go", may: frozenset[str] = KNOWN_PLATFORMS) -> CgoSource:
    return CgoSource(path=path, lines=cgo_lines(Preamble(text, 1)), may=may)


def _listed(directory: str, **flags: list[str]) -> ListedPackage:
    return ListedPackage.from_json({"ImportPath": "m/p", "Dir": directory, "CgoFiles": ["x.go"], **flags})


def _flags(*sources: CgoSource, tags: frozenset[str] = frozenset()) -> CgoFlags:
    return flags_by_platform(sources, "p", PLATFORMS, tags)


def test_every_verb_has_its_own_flags() -> None:
    text = """
#cgo CFLAGS: -DA
#cgo CPPFLAGS: -DB
#cgo CXXFLAGS: -std=c++17
#cgo FFLAGS: -O2
#cgo linux,arm64 LDFLAGS: -lm
#cgo !linux pkg-config: libpng --static
"""
    expected = {
        "CFLAGS": ByPlatform.fold(dict.fromkeys(PLATFORMS, ("-DA",))),
        "CPPFLAGS": ByPlatform.fold(dict.fromkeys(PLATFORMS, ("-DB",))),
        "CXXFLAGS": ByPlatform.fold(dict.fromkeys(PLATFORMS, ("-std=c++17",))),
        "LDFLAGS": ByPlatform.fold({"linux_arm64": ["-lm"]}),
        "pkg-config": ByPlatform.fold({"windows_arm64": ["libpng", "--static"]}),
    }
    assert expected == _flags(_source(text))


def test_files_in_name_order_and_lines_in_file_order() -> None:
    sources = [
        _source("#cgo LDFLAGS: -lz -la\n#cgo LDFLAGS: -lb", "p/b.go"),
        _source("#cgo LDFLAGS: -Wl,--start-group -ly", "p/a.go"),
    ]
    expected = ("-Wl,--start-group", "-ly", "-lz", "-la", "-lb")

    assert expected == _flags(*sources)["LDFLAGS"].on("linux_amd64")


def test_a_line_that_applies_already_is_dropped_and_others_repeat_words() -> None:
    text = "#cgo LDFLAGS: -la -lb\n#cgo LDFLAGS: -la -lb\n#cgo linux LDFLAGS: -la\n#cgo arm64 LDFLAGS: -la"
    expected = ByPlatform.fold(dict.fromkeys(PLATFORMS, ("-la", "-lb", "-la")))

    assert expected == _flags(_source(text))["LDFLAGS"]


def test_a_file_gives_flags_where_it_may_be_compiled() -> None:
    source = _source("#cgo arm64 LDFLAGS: -la", may=frozenset({"linux_arm64", "linux_amd64"}))

    expected = {"LDFLAGS": ByPlatform.fold({"linux_arm64": ["-la"]})}
    assert expected == _flags(source)


@pytest.mark.parametrize(
    ("condition", "tags", "expected"),
    [
        pytest.param("!cgo", frozenset[str](), PLATFORMS, id="deferred"),
        pytest.param("static", frozenset[str](), frozenset[str](), id="custom_tag"),
        pytest.param("static", frozenset({"static"}), PLATFORMS, id="build_tags"),
        pytest.param("!static", frozenset({"static"}), PLATFORMS, id="negated_build_tags"),
    ],
)
def test_tags(condition: str, tags: frozenset[str], expected: frozenset[str]) -> None:
    flags = _flags(_source(f"#cgo {condition} CFLAGS: -DX"), tags=tags)

    assert expected == flags.get("CFLAGS", NO_FLAGS).platforms


def test_lines_that_go_refuses_give_no_flags() -> None:
    assert _flags(_source("#cgo LDFLAGS: `x`\n#cgo LIBS: -lx\n#cgo LDFLAGS -lx")) == {}


@pytest.mark.parametrize(
    ("directory", "words", "expected"),
    [
        pytest.param("a/b", ["-I${SRCDIR}/inc"], ("-Ia/b/inc",), id="srcdir_once"),
        pytest.param("a/b", ["-I", "${SRCDIR}/../inc"], ("-I", "a/inc"), id="separate"),
        pytest.param("a/b", ["-Iinc", "-L.", "-F./f"], ("-Ia/b/inc", "-La/b", "-Fa/b/f"), id="relative"),
        pytest.param("a/b", ["-iquoteq", "-isystem", "s"], ("-iquotea/b/q", "-isystem", "a/b/s"), id="long"),
        pytest.param("a/b", ["-I/usr/include/", "-L", "/x"], ("-I/usr/include/", "-L", "/x"), id="absolute"),
        pytest.param("a/b", ["-LC:/x", "-L", "C:/x"], ("-LC:/x", "-L", "C:/x"), id="absolute_on_windows"),
        pytest.param("a/b", ["${SRCDIR}/lib/x.a"], ("a/b/lib/x.a",), id="bare_file"),
        pytest.param("a/b", ["${SRCDIR}"], ("a/b",), id="bare_directory"),
        pytest.param("a/b", ["-I${SRCDIR}x/y"], ("-Ia/bx/y",), id="run_together"),
        pytest.param("a/b", ["-Wl,-rpath,${SRCDIR}/l:${SRCDIR}/m"], ("-Wl,-rpath,a/b/l:a/b/m",), id="inside"),
        pytest.param("a/b", ["-I../../../x"], ("-I../x",), id="outside"),
        pytest.param(
            "a/b", ["-framework", "F", "-fPIC", "x.a"], ("-framework", "F", "-fPIC", "x.a"), id="others"
        ),
        pytest.param("", ["-I${SRCDIR}", "-Iinc", "${SRCDIR}/x.a"], ("-I.", "-Iinc", "x.a"), id="root"),
        pytest.param("", ["-Wl,-rpath,${SRCDIR}"], ("-Wl,-rpath,.",), id="root_inside"),
        pytest.param("a", ["-I", "-I", "x"], ("-I", "a/-I", "x"), id="directory_named_like_a_flag"),
    ],
)
def test_resolved_words(directory: str, words: list[str], expected: tuple[str, ...]) -> None:
    assert expected == resolved_words(words, directory)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("-lm", "-lm", id="plain"),
        pytest.param("-Wl,-rpath,$ORIGIN/lib", "-Wl,-rpath,$$ORIGIN/lib", id="dollar"),
        pytest.param("-I$(GENDIR)/$x", "-I$(GENDIR)/$$x", id="make_variable"),
        pytest.param('-DX="a b"', '-DX=\\"a\\ b\\"', id="quotes_and_blanks"),
        pytest.param("a'b\\c\td", "a\\'b\\\\c\\\td", id="other_escapes"),
        pytest.param("$$(x)", "$$$(x)", id="two_dollars"),
    ],
)
def test_bazel_flag(text: str, expected: str) -> None:
    assert expected == bazel_flag(text)


@pytest.mark.parametrize(
    ("directory", "package"),
    [pytest.param("a/b", "/w/a/b", id="below"), pytest.param("", "/w", id="root")],
)
def test_listed_flags_agree(directory: str, package: str) -> None:
    text = """
#cgo CFLAGS: -I${SRCDIR}/../inc -I./x -I ../y -iquote q -DX
#cgo LDFLAGS: ${SRCDIR}/x.a -L${SRCDIR} -lm -LC:/z
#cgo pkg-config: libpng
"""
    sources = [_source(text), _source("#cgo LDFLAGS: -L${SRCDIR} -lm\n#cgo pkg-config: libpng", "p/y.go")]
    flags = flags_by_platform(sources, directory, PLATFORMS, frozenset())
    parent = package.rpartition("/")[0]
    listed = _listed(
        package,
        CgoCFLAGS=[f"-I{package}/../inc", f"-I{package}/x", "-I", f"{parent}/y", "-iquote", "q", "-DX"],
        CgoLDFLAGS=[f"{package}/x.a", f"-L{package}", "-lm", f"-L{package}/C:/z", f"-L{package}", "-lm"],
        CgoPkgConfig=["libpng", "libpng"],
    )
    expected = (
        () if directory else ("CFLAGS: missing /y, extra ../y",)
    )  # go leaves nothing to see its origin by

    assert expected == listed_flags(flags, "linux_amd64", directory, listed)


def test_listed_flags_that_differ() -> None:
    flags = _flags(_source("#cgo LDFLAGS: -la -lb -lb\n#cgo !cgo CFLAGS: -DX"))
    listed = _listed("/w/p", CgoLDFLAGS=["-la", "-lb", "-lc"], CgoCXXFLAGS=["-O2"])
    expected = ("CFLAGS: extra -DX", "CXXFLAGS: missing -O2", "LDFLAGS: missing -lc, extra -lb")

    assert expected == listed_flags(flags, "linux_amd64", "p", listed)


@pytest.mark.parametrize(
    ("words", "provided", "expected"),
    [
        pytest.param("-Ip/inc -I p/inc -DX", "", "-DX", id="directories_of_the_tree"),
        pytest.param("-iquote p -isystemp/s -Lp/lib -O2", "", "-O2", id="every_kind_of_directory"),
        pytest.param("-I/usr/include -L /opt/lib", "", "-I/usr/include -L /opt/lib", id="of_the_system"),
        pytest.param("-IC:/inc -L$DIR", "", "-IC:/inc -L$DIR", id="drive_and_variable"),
        pytest.param("-F/Library -Fp/frameworks", "", "-F/Library -Fp/frameworks", id="frameworks_stay"),
        pytest.param("-la -lb -l c -la", "-la -lc", "-lb", id="provided_libraries"),
        pytest.param("p/x.a -lm", "p/x.a", "-lm", id="provided_file"),
        pytest.param("-Wl,-rpath,p/lib -Wl,-rpath=p", "", "", id="run_path_in_the_tree"),
        pytest.param(
            "-Wl,-rpath,$ORIGIN -Wl,-rpath,/opt", "", "-Wl,-rpath,$ORIGIN -Wl,-rpath,/opt", id="run_path"
        ),
        pytest.param("-include conf.h -I", "", "-include conf.h", id="nothing_behind_the_last_flag"),
    ],
)
def test_without_paths(words: str, provided: str, expected: str) -> None:
    named = {"pkg-config": ByPlatform.fold({"x": ["y"]})}
    flags = {"LDFLAGS": ByPlatform.fold({"linux_amd64": words.split()}), **named}
    wanted = {"LDFLAGS": ByPlatform.fold({"linux_amd64": expected.split()})} if expected else {}

    assert {**wanted, **named} == without_paths(flags, {"linux_amd64": frozenset(provided.split())})


def test_without_paths_is_by_platform() -> None:
    flags = {
        "CFLAGS": ByPlatform.fold({"a": ["-Ip", "-DX"], "b": ["-Ip"]}),
        "LDFLAGS": ByPlatform.fold({"a": ["-lx"], "b": ["-lx"]}),
    }

    assert without_paths(flags, {"a": frozenset({"-lx"})}) == {
        "CFLAGS": ByPlatform.fold({"a": ["-DX"]}),
        "LDFLAGS": ByPlatform.fold({"b": ["-lx"]}),
    }


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_sources_does_not_matter(names: list[str]) -> None:
    sources = [_source(f"#cgo LDFLAGS: -l{name}", f"p/{name}.go") for name in names]

    assert _flags(*sources) == _flags(*reversed(sources))
    assert " ".join(_flags(*sources)["LDFLAGS"].on("linux_amd64")) == "-la -lb -lc -ld"
