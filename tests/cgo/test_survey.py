"""The C side of whole workspaces and of other modules, as files on disk."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve

from bazel_xc.buildfile.workspace import read_workspace
from bazel_xc.cgo.includes import ReachedFile
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.cgo.survey import survey
from bazel_xc.golang.folding import fold, read_directory
from bazel_xc.golang.listed import ListedModule, ListedPackage
from bazel_xc.golang.package import GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform
from bazel_xc.tree import DiskTree

LINUX = Platform("linux", "amd64", cgo=True)
DARWIN = Platform("darwin", "arm64", cgo=True)
VIEW = GoView(platforms=(LINUX, DARWIN), release=(1, 22))
GO = b"""package p

// #cgo CFLAGS: -I${SRCDIR}/../lib -I/opt/x
// #cgo linux LDFLAGS: -lz
// #include <lib.h>
import "C"
"""
C = b'#include "own.h"\n#ifdef __APPLE__\n#include <apple.h>\n#endif\n'
LIB = b'#include "inner/x.h"\n#if Y_VERSION\n#include <y.h>\n#endif\n'
NEEDS = (
    (NeedKind.HEADER, "apple.h", {"darwin_arm64"}, "p/p.c", 3, True),
    (NeedKind.HEADER, "y.h", {"linux_amd64", "darwin_arm64"}, "lib/lib.h", 3, False),
    (NeedKind.LIB, "z", {"linux_amd64"}, "p/p.go", 4, True),
)


def _needs(prefix: str) -> tuple[CNeed, ...]:
    return tuple(
        CNeed(kind, name, frozenset(where), prefix + path, line, certain)
        for kind, name, where, path, line, certain in NEEDS
    )


def _write(root: Path) -> None:
    for path, data in {
        "p/p.go": GO,
        "p/p.c": C,
        "p/own.h": b"",
        "lib/lib.h": LIB,
        "lib/inner/x.h": b"",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def _listed(directory: Path, import_path: str, module: ListedModule | None) -> ListedPackage:
    raw = {
        "ImportPath": import_path,
        "Dir": str(directory),
        "Name": "p",
        "CgoFiles": ["p.go"],
        "CFiles": ["p.c"],
    }
    return evolve(ListedPackage.from_json({**raw, "HFiles": ["own.h"]}), module=module)


def test_packages_of_the_workspace(tmp_path: Path) -> None:
    _write(tmp_path)
    listed = {each.name: _listed(tmp_path / "p", "e.org/m/p", None) for each in VIEW.platforms}
    directory, _ = read_directory("p", "e.org/m/p", ["own.h", "p.c", "p.go"], DiskTree(tmp_path))
    package, said = fold(directory, listed, VIEW)
    assert package is not None
    assert said == ()
    found = survey(read_workspace(tmp_path), {"p": package}, {}, VIEW, Sources(DiskTree(tmp_path)))

    assert found.needs == {"e.org/m/p": _needs("")}
    assert found.search == {"p": ("lib",)}
    assert found.reached["p"].files == (
        ReachedFile(path="lib/inner/x.h", relative=True),
        ReachedFile(path="lib/lib.h", directories=("lib",), bracketed=("lib",)),
        ReachedFile(path="p/own.h", relative=True),
    )
    assert found.diagnostics == ()
