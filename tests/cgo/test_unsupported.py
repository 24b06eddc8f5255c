"""Fortran and SWIG are named with their places."""

from __future__ import annotations

import pytest

from bazel_xc.cgo.flags import CgoSource
from bazel_xc.cgo.preamble import cgo_lines
from bazel_xc.cgo.unsupported import unsupported
from bazel_xc.golang.source import Preamble


def _source(text: str) -> CgoSource:
    return CgoSource(path="p/p.go", lines=cgo_lines(Preamble(text, 3)))


@pytest.mark.parametrize(
    ("names", "text", "wanted"),
    [
        pytest.param(
            ["a.f", "b.F", "c.for", "d.f90", "e.f77", "p.go"],
            "#include <math.h>",
            [("p/a.f", 0), ("p/b.F", 0), ("p/c.for", 0), ("p/d.f90", 0)],
            id="fortran",
        ),
        pytest.param(["x.swigcxx", "x.swig"], "", [("p/x.swig", 0), ("p/x.swigcxx", 0)], id="swig"),
        pytest.param(
            [],
            "#cgo CFLAGS: -g\n#cgo linux FFLAGS: -O2\n#cgo FFLAGS: -g",
            [("p/p.go", 4), ("p/p.go", 5)],
            id="flags",
        ),
        pytest.param(
            [],
            "#cgo LDFLAGS: ${SRCDIR}/../../out/libz.a ${SRCDIR}/../in.a\n#cgo CFLAGS: -I../inc",
            [("p/p.go", 3)],
            id="outside",
        ),
        pytest.param(
            [],
            "#cgo LDFLAGS: -Wl,--version-script=${SRCDIR}/x.map -Wl,-O1\n"
            "#cgo LDFLAGS: -Wl,-z,now,--dynamic-list,x.list\n#cgo LDFLAGS: -Wl,-rpath,/x",
            [("p/p.go", 3), ("p/p.go", 4)],
            id="files for the linker",
        ),
        pytest.param([], '#cgo FFLAGS: "', [], id="a line that go refuses is said by it"),
        pytest.param(["p.c", "p.h", "p.S"], "#cgo LDFLAGS: -lgfortran", [], id="nothing"),
    ],
)
def test_places(names: list[str], text: str, wanted: list[tuple[str, int]]) -> None:
    found = list(unsupported("p", names, [_source(text)]))

    assert [(each.path, each.line) for each in found] == wanted
    assert {each.code for each in found} <= {"cgo-unsupported"}


def test_without_cgo_swig_alone_counts() -> None:
    found = list(unsupported("", ["a.f", "a.swig"], []))

    assert [str(each) for each in found] == [
        "a.swig: warning: rules_go does not run SWIG (commit the Go and C files that it writes)"
    ]
