"""The strings that Gazelle makes of ``#cgo`` lines."""

from __future__ import annotations

import pytest

from bazel_xc.cgo.contested import gazelle_flags
from bazel_xc.golang.gazelle import read_constraints
from bazel_xc.golang.package import FileKind, PackageFile
from bazel_xc.golang.source import scan_go
from bazel_xc.model import ByCgo


def _file(name: str, *lines: str) -> PackageFile:
    comments = "".join(f"// {line}\n" for line in lines)
    source = scan_go(name, f'package x\n\n{comments}import "C"\n'.encode())
    reading = read_constraints(name, source.header)
    on = reading.platforms
    return PackageFile(
        name=name, kind=FileKind.GO, source=source, may=on, active=on, by_cgo=ByCgo(on), gazelle=reading
    )


def _texts(*files: PackageFile) -> dict[str, list[str]]:
    return {name: list(found) for name, found in gazelle_flags(files, {}, frozenset()).items()}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["#cgo LDFLAGS: -la -lb"], {"clinkopts": ["-la -lb"]}, id="a_line_is_a_string"),
        pytest.param(
            ["#cgo CFLAGS: -DA", "#cgo CFLAGS: -DB", "#cgo CFLAGS: -DA"],
            {"copts": ["-DA", "-DB"]},
            id="a_repeated_line_counts_once",
        ),
        pytest.param(
            ["#cgo CXXFLAGS: -DA", "#cgo pkg-config: png", "#cgo LDFLAGS: -lm"],
            {"cxxopts": ["-DA"]},
            id="nothing_below_pkg_config",
        ),
        pytest.param(["#cgo CPPFLAGS: -DA=$X"], {"cppopts": ["-DA=$$X"]}, id="dollar"),
        pytest.param(["#cgo loong64 LDFLAGS: -lm"], {}, id="unknown_condition"),
    ],
)
def test_lines(lines: list[str], expected: dict[str, list[str]]) -> None:
    assert expected == _texts(_file("x.go", *lines))


def test_file_and_line_decide_the_keys() -> None:
    found = gazelle_flags([_file("x_linux.go", "#cgo arm64 LDFLAGS: -lm")], {}, frozenset())

    assert found == {"clinkopts": {"-lm": read_constraints("x_linux_arm64.go", None)}}


def test_directives_are_strings_of_their_own() -> None:
    found = gazelle_flags([], {"copts": ("-O2", "-g")}, frozenset())

    assert {name: list(texts) for name, texts in found.items()} == {"copts": ["-O2", "-g"]}
