"""The line about what a run changed."""

from __future__ import annotations

import pytest

from bazel_xc.commands.summary import summary
from bazel_xc.golang.package import GoPackage
from bazel_xc.golang.universe import Package, Universe
from bazel_xc.graph.imports import Absence, AbsenceByCgo
from bazel_xc.model import FileChange, Platform

LINUX = Platform("linux", "amd64", cgo=True)
NOTHING = AbsenceByCgo(
    universe=Universe(platforms=(LINUX,), packages={}, own={}),
    configured=Absence(),
    opposite=Universe(platforms=(LINUX,), packages={}, own={}),
    flipped=Absence(),
)
OLD = 'go_library(\n    name = "p",\n    srcs = ["p.go"],\n    importpath = "m/p",\n)\n'


def _change(new: str, old: str | None = OLD, path: str = "p/BUILD.bazel") -> FileChange:
    return FileChange(path, None if old is None else old.encode(), new.encode())


def _with(line: str, text: str = OLD) -> str:
    return text.replace(")\n", f"    {line},\n)\n")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([_change(OLD)], "", id="same_text"),
        pytest.param([_change(OLD, None)], "1 file: 1 new rule; 7 up to date", id="new_file"),
        pytest.param(
            [_change(_with('target_compatible_with = ["//platforms:requires_cgo"]'))],
            "1 file: requires_cgo on 1 rule; 7 up to date",
            id="mark",
        ),
        pytest.param(
            [
                _change(_with('target_compatible_with = ["@platforms//:incompatible"]')),
                _change(_with('cdeps = ["//c"]'), path="q/BUILD.bazel"),
                _change(OLD + OLD.replace('"p"', '"r"'), path="r/BUILD.bazel"),
            ],
            "3 files: incompatible on 1 rule, cdeps on 1, 1 new rule; 7 up to date",
            id="marks_before_attributes_before_rules",
        ),
        pytest.param(
            [_change("# nothing\n")],
            "1 file: 1 removed rule; 7 up to date",
            id="removed_rule",
        ),
        pytest.param(
            [_change(_with('pure = "off"'), path=path) for path in ("a/BUILD", "b/BUILD")],
            "2 files: pure on 2 rules; 7 up to date",
            id="several_rules",
        ),
        pytest.param(
            [_change(OLD, _with('cdeps = ["//c"]'))],
            "1 file: cdeps on 1 rule; 7 up to date",
            id="removed_value",
        ),
        pytest.param(
            [_change("x", "y", "platforms/platforms.bazelrc")], "1 file; 7 up to date", id="no_rule"
        ),
        pytest.param([_change("go_library(", OLD)], "1 file: 1 removed rule; 7 up to date", id="no_syntax"),
    ],
)
def test_line(changes: list[FileChange], expected: str) -> None:
    assert summary(changes, 7, NOTHING) == expected


def test_packages_that_need_cgo_are_named() -> None:
    """Those outside of the workspace that a newly marked package reaches, two of them at most."""
    names = [f"example.com/c{at}" for at in range(3)]
    packages = {
        "m/p": Package(import_path="m/p", imports=dict.fromkeys(names, 1)),
        "m/q": Package(import_path="m/q", imports={"example.com/unused": 1}),
        **{name: Package(import_path=name) for name in (*names, "example.com/unused")},
    }
    off = Platform("linux", "amd64", cgo=False)
    here, there = (
        Universe(platforms=(each,), packages=packages, own={"p": _own("p"), "q": _own("q")})
        for each in (LINUX, off)
    )
    absent = dict.fromkeys((*names, "example.com/unused"), 1)
    where = AbsenceByCgo(universe=here, configured=Absence(), opposite=there, flipped=Absence(absent=absent))
    change = _change(_with('target_compatible_with = ["//platforms:requires_cgo"]'))

    found = summary([change], 0, where)

    assert found == (
        "1 file: requires_cgo on 1 rule (example.com/c0, example.com/c1 and 1 more); 0 up to date"
    )


def _own(name: str) -> GoPackage:
    return GoPackage(directory=name, import_path=f"m/{name}", name=name, files=())
