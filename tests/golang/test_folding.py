"""Folding a directory's files and its listings into one package, and what go's word changes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attrs import evolve

from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.folding import flipped_package, fold, read_directory
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.package import FileKind, GoPackage, GoView, readings_of
from bazel_xc.model import ByCgo, Diagnostic, Platform, Severity
from bazel_xc.tree import MemoryTree

VIEW = GoView(
    platforms=(Platform("linux", "arm64", cgo=True), Platform("windows", "arm64", cgo=False)),
    release=(1, 26),
)


def folded(
    files: Mapping[str, str], listed: Mapping[str, Mapping[str, object]], *, unlisted: bool = False
) -> tuple[GoPackage | None, tuple[Diagnostic, ...]]:
    directory, said = read_directory(
        "p",
        "example.com/m/p",
        sorted(files),
        MemoryTree({f"p/{name}": text.encode() for name, text in files.items()}),
        unlisted=unlisted,
    )
    packages = {name: ListedPackage.from_json({"Name": "p", **raw}) for name, raw in listed.items()}
    package, more = fold(directory, packages, VIEW)
    return package, said + more


def test_files_know_where_they_may_be_and_are_compiled() -> None:
    package, said = folded(
        {"a.go": "package p\n", "b_linux.go": "package p\n", "c.go": 'package p\nimport "C"\n', "d.c": ""},
        {
            "linux_arm64": {"GoFiles": ["a.go", "b_linux.go"], "CgoFiles": ["c.go"], "CFiles": ["d.c"]},
            "windows_arm64": {"GoFiles": ["a.go"]},
        },
    )

    assert said == ()
    assert package is not None
    files = {file.name: file for file in package.files}
    assert files["a.go"].may == KNOWN_PLATFORMS
    assert files["a.go"].active == {"linux_arm64", "windows_arm64"}
    assert files["b_linux.go"].active == files["c.go"].active == files["d.c"].active == {"linux_arm64"}
    assert {name.partition("_")[0] for name in files["b_linux.go"].may} == {"android", "linux"}
    assert package.uses_cgo
    assert package.buildable == {"linux_arm64", "windows_arm64"}


def test_go_is_believed_where_it_reads_a_constraint_otherwise() -> None:
    package, said = folded(
        {"a.go": "package p\n", "b_linux.go": "package p\n"},
        {"linux_arm64": {"GoFiles": ["a.go"]}, "windows_arm64": {"GoFiles": ["a.go", "b_linux.go"]}},
    )

    assert package is not None
    assert next(file for file in package.files if file.name == "b_linux.go").active == {"windows_arm64"}
    assert [(each.path, each.code) for each in said] == [("p/b_linux.go", "constraint")]
    assert "linux_arm64, windows_arm64" in said[0].message


def test_go_is_believed_about_a_file_that_no_platform_seems_to_have() -> None:
    package, said = folded(
        {"a.go": "package p\n", "b.go": "//go:build who_knows\n\npackage p\n"},
        {"linux_arm64": {"GoFiles": ["a.go", "b.go"]}, "windows_arm64": {"GoFiles": ["a.go"]}},
    )

    assert package is not None
    assert next(file for file in package.files if file.name == "b.go").active == {"linux_arm64"}
    assert [(each.path, each.code) for each in said] == [("p/b.go", "constraint")]
    assert package.nowhere == ()


def test_directory_that_go_leaves_out_on_a_platform_is_unknown_there() -> None:
    files = {"a.go": "package p\n", "c.go": 'package p\nimport "C"\n', "d.c": "", "e_linux.go": "package p\n"}
    package, _ = folded(files, {"linux_arm64": {"GoFiles": ["a.go", "e_linux.go"], "CgoFiles": ["c.go"]}})

    assert package is not None
    assert package.unknown == {"windows_arm64"}
    assert package.buildable == {"linux_arm64", "windows_arm64"}
    active = {file.name for file in package.files if "windows_arm64" in file.active}
    assert active == {"a.go"}


def test_directory_without_a_file_for_a_platform_is_not_unknown_there() -> None:
    package, _ = folded({"a_linux.go": "package p\n"}, {"linux_arm64": {"GoFiles": ["a_linux.go"]}})

    assert package is not None
    assert package.unknown == frozenset()
    assert package.buildable == {"linux_arm64"}


def test_assembly_for_the_c_compiler_counts_beside_cgo_only() -> None:
    package, said = folded({"a.go": "package p\n", "b.S": ""}, {"linux_arm64": {"GoFiles": ["a.go"]}})

    assert said == ()
    assert package is not None
    assert next(file for file in package.files if file.name == "b.S").active == frozenset()


@pytest.mark.parametrize(
    ("message", "loads"),
    [
        pytest.param("build constraints exclude all Go files in /m/p", True, id="nothing_here"),
        pytest.param("C source files not allowed when not using cgo or SWIG: d.c", True, id="c_without_cgo"),
        pytest.param("expected 'package', found x", False, id="syntax"),
    ],
)
def test_errors_that_stop_a_package(message: str, loads: bool) -> None:
    package, said = folded(
        {"a.go": "package p\n"},
        {
            "linux_arm64": {"GoFiles": ["a.go"]},
            "windows_arm64": {"Error": {"Err": message, "Pos": "p/a.go:1:2"}},
        },
    )

    assert (package is not None) is loads
    assert any(each.severity is Severity.ERROR for each in said) is not loads
    if not loads:
        assert said[0].path == "p/a.go"
        assert said[0].message == f"{message} [windows_arm64]"


def test_imports_are_folded_over_platforms() -> None:
    package, _ = folded(
        {"a.go": 'package p\nimport "x.y/a"\n', "b_linux.go": 'package p\nimport ("x.y/a"; "x.y/b"; "C")\n'},
        {},
        unlisted=True,
    )

    assert package is not None
    imports = readings_of(package.of(FileKind.GO))
    assert imports["x.y/a"].platforms == KNOWN_PLATFORMS
    assert imports["x.y/b"].platforms < KNOWN_PLATFORMS


def test_kinds_of_files_and_names_that_do_not_count() -> None:
    package, _ = folded(
        {
            "a.go": "package p\n",
            "a_test.go": "package p\n",
            "x_test.go": "package p_test\n",
            "a.h": "",
            "a.s": "",
            "_skipped.go": "package p\n",
            ".hidden.go": "package p\n",
            "notes.txt": "",
        },
        {},
        unlisted=True,
    )

    assert package is not None
    assert {file.name: str(file.kind) for file in package.files} == {
        "a.go": "go",
        "a.h": "header",
        "a.s": "assembly",
        "a_test.go": "test",
        "x_test.go": "xtest",
    }


def test_directory_without_a_package() -> None:
    assert folded({"a.go": "//go:build ignore\n\npackage main\n"}, {}) == (None, ())


def test_files_know_where_they_may_be_for_each_setting_of_cgo() -> None:
    package, _ = folded(
        {
            "a.go": "package p\n",
            "c.go": 'package p\nimport "C"\n',
            "off.go": "//go:build !cgo\n\npackage p\n",
            "on.go": "//go:build cgo\n\npackage p\n",
        },
        {},
        unlisted=True,
    )

    assert package is not None
    by_cgo = {file.name: file.by_cgo for file in package.files}
    assert by_cgo == {
        "a.go": ByCgo.both(KNOWN_PLATFORMS),
        "c.go": ByCgo(on=KNOWN_PLATFORMS),
        "off.go": ByCgo(off=KNOWN_PLATFORMS),
        "on.go": ByCgo(on=KNOWN_PLATFORMS),
    }


def test_package_with_the_other_setting_of_cgo() -> None:
    package, _ = folded(
        {"c.go": 'package p\nimport "C"\n', "off_linux.go": "//go:build !cgo\n\npackage p\n"},
        {"linux_arm64": {"CgoFiles": ["c.go"]}},
    )
    turned = evolve(VIEW, platforms=tuple(evolve(each, cgo=not each.cgo) for each in VIEW.platforms))

    assert package is not None
    assert package.buildable == {"linux_arm64"}
    found = flipped_package(evolve(package, undefined=frozenset({"linux_arm64"})), turned)
    assert {file.name: set(file.active) for file in found.files} == {
        "c.go": {"windows_arm64"},
        "off_linux.go": {"linux_arm64"},
    }
    assert found.buildable == {"linux_arm64", "windows_arm64"}
    assert (found.undefined, found.unknown) == (frozenset(), frozenset())


def test_package_of_rules_can_be_built_with_either_setting() -> None:
    package, _ = folded({"a.go": "package p\n"}, {"linux_arm64": {"GoFiles": ["a.go"]}})

    assert package is not None
    made = evolve(package, files=(), buildable=frozenset({"linux_arm64"}))
    assert flipped_package(made, VIEW).buildable == {"linux_arm64"}


def test_several_packages_in_a_directory_are_one_error_at_the_directory() -> None:
    """go's position is that of an import, or none where it was asked about the directory alone."""
    text = "found packages p (a.go) and q (b.go) in /w/p"
    package, said = folded(
        {"a.go": "package p\n", "b.go": "package q\n"},
        {
            "linux_arm64": {"Error": {"Err": text, "Pos": "r/r.go:3:8"}},
            "windows_arm64": {"Error": {"Err": text, "Pos": ""}},
        },
    )

    assert package is None
    assert [(each.path, each.line, each.message) for each in said] == [("p", 0, text)]
