"""Listings of platforms that go was not asked for: files, imports, and when only go can answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve

from bazel_xc.golang.derived import Derived, ListedPlace, OwnDirectory, derived
from bazel_xc.golang.folding import read_directory
from bazel_xc.golang.listed import ListedModule, ListedPackage
from bazel_xc.golang.package import GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform
from bazel_xc.tree import DiskTree, MemoryTree

LINUX = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "amd64", cgo=False)
WINDOWS_CGO = Platform("windows", "amd64", cgo=True)
LINUX_OFF = Platform("linux", "amd64", cgo=False)
VIEW = GoView(platforms=(LINUX, WINDOWS), release=(1, 26), tags=frozenset({"mine"}))
MODULE = ListedModule("m.org/m", "", "/w", main=True)

Files = Mapping[str, str]


def _listed(path: str, **raw: object) -> ListedPackage:
    return ListedPackage.from_json({"ImportPath": path, "Dir": f"/{path}", "Name": "p", **raw})


def _own(path: str, files: Files) -> OwnDirectory:
    """A directory of the workspace with some files."""
    name = f"m.org/m/{path}"
    read, problems = read_directory(
        path,
        name,
        sorted(files),
        MemoryTree({f"{path}/{name}".lstrip("/"): text.encode() for name, text in files.items()}),
    )
    assert problems == ()
    return OwnDirectory(read=read, import_path=name, module=MODULE)


def _place(
    *listed: ListedPackage, own: Mapping[str, Files] | None = None, source: Path = Path("/none"), **more: bool
) -> ListedPlace:
    directories = [_own(path, files) for path, files in (own or {}).items()]
    return ListedPlace(
        platform=LINUX,
        packages={each.import_path: each for each in listed},
        own={each.import_path: each for each in directories},
        root="/w",
        source=source,
        vendored=more.get("vendored", False),
        sources=Sources(DiskTree(Path("/"))),
    )


def _derived(place: ListedPlace, platform: Platform = WINDOWS, *, tests: bool = True) -> Derived:
    return derived(place, platform, VIEW, tests=tests)


def _alone(files: Files, platform: Platform = WINDOWS, **listed: object) -> Derived:
    """A workspace with the package ``p`` alone; ``listed`` is go's answer on linux, if it has one."""
    known = [_listed("m.org/m/p", **listed)] if listed else []
    return _derived(_place(*known, own={"p": files}), platform)


def _package(made: Derived) -> ListedPackage:
    assert (made.unsure, made.unknown) == ((), ())
    (package,) = made.packages.values()
    return package


# Packages of the workspace


def test_files_of_a_platform_by_name_and_by_tag() -> None:
    files = {
        "a.go": "package p\n",
        "a_linux.go": 'package p\n\nimport _ "m.org/m/no"\n',
        "a_windows.go": 'package p\n\nimport _ "unsafe"\n',
        "a_windows_arm64.go": "package p\n",
        "mine.go": "//go:build mine && !linux\n\npackage p\n",
        "other.go": "//go:build other\n\npackage p\n",
        "doc.go": "package documentation\n",
        "x.s": "",
        "x_windows.s": "",
        "x_linux.s": "",
        "x.h": "",
        "x_windows.syso": "",
    }

    package = _package(_alone(files, GoFiles=["a.go", "a_linux.go"]))

    assert package.go_files == ("a.go", "a_windows.go", "mine.go")
    assert set(package.other_files) == {"x.s", "x_windows.s", "x.h", "x_windows.syso"}
    assert set(package.ignored_files) == {
        "a_linux.go",
        "a_windows_arm64.go",
        "other.go",
        "doc.go",
        "x_linux.s",
    }
    assert package.imports == ("unsafe",)
    assert (package.directory, package.name, package.module) == ("/w/p", "p", MODULE)
    assert package.derived
    assert not any((package.dep_only, package.standard, package.error, package.cgo))


def test_package_of_cgo_alone_is_left_out_without_cgo() -> None:
    files = {"c.go": 'package p\n\nimport "C"\n', "c.c": "", "c.h": ""}

    assert _alone(files, CgoFiles=["c.go"], CFiles=["c.c"]).packages == {}


def test_package_of_cgo_on_another_platform_with_cgo() -> None:
    files = {"c.go": 'package p\n\nimport "C"\n', "c_linux.c": "", "c_windows.c": "", "c.h": ""}

    package = _package(_alone(files, WINDOWS_CGO, CgoFiles=["c.go"], CFiles=["c_linux.c"]))

    assert (package.go_files, package.cgo_files) == ((), ("c.go",))
    assert set(package.other_files) == {"c_windows.c", "c.h"}
    assert package.imports == ("C",)


def test_c_is_ignored_where_cgo_is_off() -> None:
    files = {"a.go": "package p\n", "c.go": 'package p\n\nimport "C"\n', "c.c": "", "x.s": ""}

    package = _package(_alone(files, GoFiles=["a.go"], CgoFiles=["c.go"], CFiles=["c.c"]))

    assert (package.go_files, package.cgo_files, package.other_files) == (("a.go",), (), ("x.s",))
    assert set(package.ignored_files) == {"c.go", "c.c"}


@pytest.mark.parametrize(
    ("name", "platform", "unsure"),
    [
        pytest.param("c.c", WINDOWS_CGO, True, id="c"),
        pytest.param("c.cpp", WINDOWS_CGO, True, id="another_language"),
        pytest.param("c_linux.c", WINDOWS_CGO, False, id="c_of_another_platform"),
        pytest.param("c.S", WINDOWS_CGO, False, id="assembly_for_the_c_compiler"),
        pytest.param("c.c", WINDOWS, False, id="cgo_is_off"),
    ],
)
def test_c_without_cgo_files_is_an_error_that_go_tells(name: str, platform: Platform, unsure: bool) -> None:
    made = _alone({"a.go": "package p\n", name: ""}, platform, GoFiles=["a.go"])

    assert made.unsure == (("p",) if unsure else ())
    assert bool(made.packages) is not unsure


def test_directory_that_only_the_listed_platform_leaves_out() -> None:
    made = _alone({"a_windows.go": "package p\n"})

    assert _package(made).go_files == ("a_windows.go",)


def test_directory_that_go_leaves_out_for_a_reason_of_its_own() -> None:
    assert _alone({"a.go": "package p\n"}).packages == {}


def test_directory_of_other_platforms_is_left_out() -> None:
    made = _alone({"a_linux.go": "package p\n"}, GoFiles=["a_linux.go"])

    assert (made.packages, made.unsure) == ({}, ())


def test_directory_of_the_root() -> None:
    read, _ = read_directory("", "m.org/m", ["a.go"], MemoryTree({"a.go": b"package m\n"}))
    place = _place(_listed("m.org/m", GoFiles=["a.go"]))
    own = OwnDirectory(read=read, import_path="m.org/m", module=MODULE)
    place = evolve(place, own={"m.org/m": own})

    assert _package(_derived(place)).directory == "/w"


def test_tests_and_their_imports() -> None:
    files = {
        "a.go": "package p\n",
        "a_test.go": 'package p\n\nimport _ "m.org/m/q"\n',
        "b_test.go": 'package p_test\n\nimport _ "m.org/m/r"\n',
        "c_linux_test.go": 'package p\n\nimport _ "m.org/m/s"\n',
    }
    own = {"p": files, "q": {"q.go": "package q\n"}, "r": {"r.go": "package r\n"}}
    known = [_listed(f"m.org/m/{name}", GoFiles=["x"]) for name in "pqr"]

    package = _derived(_place(*known, own=own)).packages["m.org/m/p"]

    assert (package.test_files, package.xtest_files) == (("a_test.go",), ("b_test.go",))
    assert (package.test_imports, package.xtest_imports) == (("m.org/m/q",), ("m.org/m/r",))
    assert package.imports == ()
    assert package.ignored_files == ("c_linux_test.go",)


def test_package_of_tests_alone() -> None:
    package = _package(_alone({"a_test.go": "package p_test\n"}, XTestGoFiles=["a_test.go"]))

    assert (package.name, package.buildable, package.xtest_files) == ("p", False, ("a_test.go",))


@pytest.mark.parametrize(
    ("files", "listed"),
    [
        pytest.param({"a.go": "package p\n"}, {"Error": {"Err": "something new"}}, id="unknown_error"),
        pytest.param({"a.go": "package p\n"}, {"SwigFiles": ["a.swig"]}, id="swig"),
        pytest.param(
            {"a.go": "package p\n", "b.go": "package q\n"}, {"GoFiles": ["a.go"]}, id="two_packages"
        ),
        pytest.param(
            {"a.go": "package p\n", "a_test.go": "package q_test\n"}, {"GoFiles": ["a.go"]}, id="other_tests"
        ),
        pytest.param({"a.go": "package\n"}, {"GoFiles": ["a.go"]}, id="syntax_error"),
        pytest.param({"a.go": "package p\n", "b.go": 'package p\nimport "a b"\n'}, {}, id="bad_import"),
        pytest.param(
            {"a.go": "package p\n", "b.go": "//go:build a b\n\npackage p\n"},
            {"GoFiles": ["a.go"]},
            id="bad_tag",
        ),
        pytest.param(
            {
                "a.go": "package p\n",
                "e_windows.go": 'package p\nimport _ "embed"\n//go:embed x\nvar X string\n',
            },
            {"GoFiles": ["a.go"]},
            id="embed_of_another_platform",
        ),
        pytest.param(
            {
                "a.go": "package p\n",
                "e_linux.go": 'package p\nimport _ "embed"\n//go:embed x\nvar X string\n',
            },
            {"GoFiles": ["a.go", "e_linux.go"], "EmbedFiles": ["x"]},
            id="embed_of_the_listed_platform",
        ),
        pytest.param(
            {"e_windows.go": 'package p\nimport _ "embed"\n//go:embed x\nvar X string\n'},
            {},
            id="embed_in_a_package_that_is_not_listed",
        ),
    ],
)
def test_go_is_asked_for_a_directory(files: Files, listed: Mapping[str, object]) -> None:
    known = () if not listed and "a.go" not in files else (_listed("m.org/m/p", **listed),)
    made = _derived(_place(*known, own={"p": files}))

    assert (made.unsure, made.packages) == (("p",), {})


def test_test_with_cgo_is_asked_for() -> None:
    """go refuses it with either setting of cgo."""
    files = {"a.go": "package p\n", "a_windows_test.go": 'package p\n\nimport "C"\n'}

    assert _alone(files, WINDOWS_CGO, GoFiles=["a.go"]).unsure == ("p",)
    assert _alone(files, WINDOWS, GoFiles=["a.go"]).unsure == ("p",)
    assert _package(_alone(files, LINUX_OFF, GoFiles=["a.go"])).test_files == ()


@pytest.mark.parametrize("platform", [WINDOWS, WINDOWS_CGO])
def test_fortran_without_cgo_is_asked_for(platform: Platform) -> None:
    listed = {"GoFiles": ["a.go"], "IgnoredOtherFiles": ["x_windows.f"]}

    assert _alone({"a.go": "package p\n"}, platform, **listed).unsure == ("p",)


def test_files_that_go_lists_only_with_cgo_are_found_on_disk(tmp_path: Path) -> None:
    """If cgo is off on the listed platform, go names no SWIG files there."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "x.swig").touch()
    place = evolve(
        _place(_listed("m.org/m/p", GoFiles=["a.go"]), own={"p": {"a.go": "package p\n"}}),
        platform=LINUX_OFF,
        root=str(tmp_path),
    )

    assert _derived(place, WINDOWS_CGO).unsure == ("p",)


def test_importer_of_a_program_is_asked_for() -> None:
    own = {
        "p": {"a.go": "package p\n", "b_windows.go": 'package p\n\nimport _ "m.org/m/cmd"\n'},
        "q": {"a.go": "package q\n", "b_windows.go": 'package q\n\nimport _ "m.org/m/gone"\n'},
        "cmd": {"main.go": "package main\n"},
        "gone": {"main_linux.go": "package main\n"},
    }
    known = [_listed(f"m.org/m/{name}", GoFiles=["x"]) for name in own]

    made = _derived(_place(*known, own=own))

    assert made.unsure == ("p", "q")
    assert "m.org/m/p" not in made.packages
    assert _derived(_place(*known, own=own), LINUX_OFF).unsure == ()


@pytest.mark.parametrize(
    "message",
    [
        "build constraints exclude all Go files in /w/p",
        "pattern x: no matching files found",
        "no Go files in /w",
    ],
)
def test_error_that_sources_show_is_no_reason_to_ask(message: str) -> None:
    assert _alone({"a.go": "package p\n"}, GoFiles=["a.go"], Error={"Err": message}).unsure == ()


def test_embeds_of_both_platforms_are_those_of_the_listed_one() -> None:
    files = {
        "e.go": 'package p\n\nimport _ "embed"\n\n//go:embed x\nvar X string\n',
        "e_test.go": 'package p\n\nimport _ "embed"\n\n//go:embed y\nvar Y string\n',
    }
    raw = {"GoFiles": ["e.go"], "EmbedFiles": ["x"], "TestEmbedFiles": ["y"]}
    made = _derived(_place(_listed("m.org/m/p", **raw), _listed("embed", Standard=True), own={"p": files}))

    package = made.packages["m.org/m/p"]
    assert (package.embed_files, package.test_embed_files) == (("x",), ("y",))


# Other packages


def _importing(
    path: str, *listed: ListedPackage, platform: Platform = WINDOWS, file: str = "a.go"
) -> Derived:
    """A workspace whose package ``p`` imports a package, in a file with this name."""
    files = {"first.go": "package p\n", file: f'package p\n\nimport _ "{path}"\n'}
    return _derived(_place(_listed("m.org/m/p", GoFiles=["first.go"]), *listed, own={"p": files}), platform)


def _outside(tmp_path: Path, files: Files, **raw: object) -> ListedPackage:
    """A package of another module on disk, as it is listed on linux."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return _listed(
        "o.org/o", Dir=str(tmp_path), DepOnly=True, Module={"Path": "o.org/o", "Version": "v1"}, **raw
    )


def test_package_that_only_another_platform_imports_is_asked_for() -> None:
    made = _importing("o.org/o", file="a_windows.go")

    assert (made.unknown, set(made.packages)) == (("o.org/o",), {"m.org/m/p"})


def test_package_that_did_not_load_is_asked_for_if_it_is_on_disk() -> None:
    error = {"Err": "something new"}

    assert _importing("o.org/o", _listed("o.org/o", Error=error)).unknown == ("o.org/o",)
    there = _importing("o.org/o", _listed("o.org/o", Dir="", Error=error))
    assert (there.unknown, there.packages["o.org/o"].is_unknown) == ((), True)


def test_standard_library_is_known_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "os").mkdir()
    own = {"p": {"a_windows.go": 'package p\n\nimport (\n\t_ "os"\n\t_ "gone"\n)\n'}}

    made = _derived(_place(own=own, source=tmp_path))

    assert (made.packages["os"].standard, made.packages["os"].dep_only) == (True, True)
    assert made.unknown == ("gone",)


def test_package_without_constraints_is_the_same_everywhere(tmp_path: Path) -> None:
    listed = _outside(tmp_path, {"a.go": "package p\n"}, GoFiles=["a.go"])

    made = _importing("o.org/o", listed)

    assert made.packages["o.org/o"] is listed


def test_files_of_another_module(tmp_path: Path) -> None:
    files = {
        "a.go": "package p\n",
        "b_linux.go": 'package p\n\nimport _ "o.org/only"\n',
        "b_windows.go": 'package p\n\nimport _ "o.org/more"\n',
        "tool.go": "//go:build ignore\n\npackage main\n",
        "a_windows_test.go": 'package p\n\nimport _ "o.org/no"\n',
    }
    listed = _outside(
        tmp_path,
        files,
        GoFiles=["a.go", "b_linux.go"],
        IgnoredGoFiles=["a_windows_test.go", "b_windows.go", "tool.go"],
    )

    made = _importing("o.org/o", listed)

    package = made.packages["o.org/o"]
    assert (package.go_files, package.imports) == (("a.go", "b_windows.go"), ("o.org/more",))
    assert set(package.ignored_files) == {"b_linux.go", "tool.go"}
    assert (package.dep_only, package.derived, package.module) == (True, True, listed.module)
    assert made.unknown == ("o.org/more",)


def test_c_and_assembly_of_another_module(tmp_path: Path) -> None:
    """Without cgo, go does not list C; what it lists with cgo is found in the directory."""
    files = {
        "a.go": "package p\n",
        "c.go": 'package p\n\nimport "C"\n',
        "c.c": "",
        "c_windows.c": "",
        "c_linux.c": "",
        "x_amd64.s": "",
        "x_arm64.s": "",
        "tagged.c": "//go:build linux\n",
        "x.h": "",
        "_no.c": "",
    }
    listed = _outside(
        tmp_path,
        files,
        GoFiles=["a.go"],
        CgoFiles=["c.go"],
        CFiles=["c.c", "c_linux.c", "tagged.c"],
        SFiles=["x_amd64.s"],
        HFiles=["x.h"],
        IgnoredOtherFiles=["c_windows.c", "x_arm64.s"],
    )

    on = _importing("o.org/o", listed, platform=WINDOWS_CGO).packages["o.org/o"]
    off = _importing("o.org/o", listed, platform=LINUX_OFF).packages["o.org/o"]

    assert (on.cgo_files, set(on.other_files)) == (("c.go",), {"c.c", "c_windows.c", "x_amd64.s", "x.h"})
    assert (off.go_files, off.cgo_files, set(off.other_files)) == (("a.go",), (), {"x_amd64.s", "x.h"})


@pytest.mark.parametrize(
    ("name", "raw", "asked"),
    [
        pytest.param("x_windows.c", {"IgnoredOtherFiles": ["x_windows.c"]}, True, id="c"),
        pytest.param("x_windows.f", {"IgnoredOtherFiles": ["x_windows.f"]}, True, id="fortran"),
        pytest.param("x_windows.S", {"IgnoredOtherFiles": ["x_windows.S"]}, False, id="assembly"),
        pytest.param("x_linux.c", {"IgnoredOtherFiles": ["x_linux.c"]}, False, id="c_of_another_platform"),
    ],
)
def test_c_without_cgo_in_another_module_is_asked_for(
    name: str, raw: Mapping[str, object], asked: bool, tmp_path: Path
) -> None:
    listed = _outside(tmp_path, {"a.go": "package p\n", name: ""}, GoFiles=["a.go"], **raw)

    made = _importing("o.org/o", listed, platform=WINDOWS_CGO)

    assert made.unknown == (("o.org/o",) if asked else ())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("package other\n", id="another_package"),
        pytest.param("package p\n\nimport 1\n", id="a_bad_import"),
        pytest.param("package p\n\nimport (\n", id="no_end"),
    ],
)
@pytest.mark.parametrize("platform", [WINDOWS_CGO, LINUX_OFF])
def test_file_of_another_module_that_go_may_refuse(platform: Platform, text: str, tmp_path: Path) -> None:
    files = {"a.go": "package p\n", "b_windows.go": text}
    listed = _outside(tmp_path, files, GoFiles=["a.go"], IgnoredGoFiles=["b_windows.go"])

    made = _importing("o.org/o", listed, platform=platform)

    assert made.unknown == (("o.org/o",) if platform is WINDOWS_CGO else ())


def test_package_of_another_module_that_needs_cgo(tmp_path: Path) -> None:
    listed = _outside(tmp_path, {"c.go": 'package p\n\nimport "C"\n'}, CgoFiles=["c.go"], Imports=["C"])

    package = _importing("o.org/o", listed).packages["o.org/o"]

    assert (package.buildable, package.imports, package.ignored_files) == (False, (), ("c.go",))
    assert package.error is not None
    assert "build constraints exclude all Go files" in package.error.message
    assert not package.is_unknown


def test_own_package_that_is_left_out_is_an_error_of_its_importers() -> None:
    own = {
        "p": {"a.go": 'package p\n\nimport _ "m.org/m/q"\n'},
        "q": {"q_linux.go": "package q\n"},
    }
    known = [_listed(f"m.org/m/{name}", GoFiles=["x"]) for name in "pq"]

    package = _derived(_place(*known, own=own)).packages["m.org/m/q"]

    assert (package.dep_only, package.directory, package.buildable) == (True, "/w/q", False)
    assert package.error is not None
    assert not package.is_unknown


def test_imports_of_tests_are_followed_if_they_are_wanted() -> None:
    own = {"p": {"a.go": "package p\n", "a_test.go": 'package p\n\nimport _ "o.org/o"\n'}}
    place = _place(_listed("m.org/m/p", GoFiles=["a.go"]), own=own)

    assert _derived(place, tests=True).unknown == ("o.org/o",)
    assert _derived(place, tests=False).unknown == ()


def test_imports_follow_the_names_that_vendoring_gives(tmp_path: Path) -> None:
    listed = _outside(
        tmp_path,
        {"a_linux.go": "package p\n", "b.go": 'package p\n\nimport _ "x"\n'},
        GoFiles=["a_linux.go", "b.go"],
        Imports=["vendor/x"],
        ImportMap={"x": "vendor/x"},
    )

    assert _importing("o.org/o", listed).unknown == ("vendor/x",)


def test_imports_of_a_vendored_place_are_not_followed() -> None:
    own = {"p": {"a.go": 'package p\n\nimport _ "o.org/o"\n'}}
    place = _place(_listed("m.org/m/p", GoFiles=["a.go"]), own=own, vendored=True)

    made = _derived(place)

    assert (set(made.packages), made.unknown) == ({"m.org/m/p"}, ())
