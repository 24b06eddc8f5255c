"""The answer of ``why``: a tree in which every package is expanded once, and the imports to remove."""

from __future__ import annotations

import json
from itertools import pairwise

from bazel_xc.graph.dependency import DependencyGraph, Node, NodeKind, Target
from bazel_xc.graph.ways import ways
from bazel_xc.model import Diagnostic
from bazel_xc.report.build import Material
from bazel_xc.report.model import Origin, PlatformSetting
from bazel_xc.report.why_format import render_json, render_text

ROOT = "example.com/app"
LINUX, ARM, WINDOWS = "linux_amd64", "linux_arm64", "windows_amd64"
ON_LINUX, ALL = 0b011, 0b111


def material(edges: dict[str, list[str]], nodes: dict[str, Node], *findings: Diagnostic) -> Material:
    """A graph whose edges exist on every platform; names without a dot are own packages."""
    known = set(edges) | {each for some in edges.values() for each in some}
    whole = {
        _path(name): nodes.get(name, Node(kind=NodeKind.PACKAGE, first_party="." not in name, listed=ALL))
        for name in known
        if name != "//app:app"
    }
    whole["//app:app"] = nodes.get("//app:app", Node(kind=NodeKind.TARGET))
    graph = DependencyGraph(
        whole, {_path(a): {_path(b): ALL for b in some} for a, some in edges.items()}, (LINUX, ARM, WINDOWS)
    )
    places = {
        (_path(a), _path(b)): (f"{a}/x.go", at + 1) for a, some in edges.items() for at, b in enumerate(some)
    }
    settings = (PlatformSetting(LINUX, True), PlatformSetting(ARM, True), PlatformSetting(WINDOWS, False))
    return Material(
        graph=graph,
        other=graph,
        targets=(Target("//app:app", "go_binary", _path("app"), {}),),
        outcomes={},
        run=Origin(module=ROOT, go="go1", bazel_xc="1", platforms=settings),
        places={pair: place for pair, place in places.items() if not pair[0].startswith("//")},
        findings=findings,
    )


def _path(name: str) -> str:
    return name if "." in name or name.startswith("//") else f"{ROOT}/{name}"


def text_of(found: Material, limit: int = 10) -> str:
    return render_text([ways(found.graph, "//app:app", name, limit) for name in (LINUX, ARM, WINDOWS)], found)


EDGES = {
    "//app:app": ["app"],
    "app": ["run", "tools"],
    "run": ["store"],
    "tools": ["store"],
    "store": ["c.example/sqlite"],
}


def test_common_parts_are_there_once() -> None:
    uses_c = Node(kind=NodeKind.PACKAGE, cgo=ON_LINUX, listed=ALL)

    assert (
        text_of(material(EDGES, {"c.example/sqlite": uses_c}))
        == """\
C toolchain on linux: 1 package below //app imports "C"
  ./app
    ./run  (x.go:1)
      ./store  (x.go:1)
        c.example/sqlite  (x.go:1): imports "C"
    ./tools  (x.go:2)
      ./store  (x.go:1)  as above
  every way passes ./store
  Removing this import would make it pure:
    store/x.go:1 imports c.example/sqlite

pure on windows_amd64: no package below //app imports "C"
"""
    )


def test_package_that_is_expanded_later_is_as_below() -> None:
    """The shortest way to the second end passes ``deep``, which the first end's own way has not."""
    edges = {
        "//app:app": ["app"],
        "app": ["a", "deep"],
        "a": ["c.example/one", "deep"],
        "deep": ["c.example/two"],
    }
    uses_c = Node(kind=NodeKind.PACKAGE, cgo=ON_LINUX, listed=ALL)
    lines = text_of(material(edges, {"c.example/one": uses_c, "c.example/two": uses_c})).splitlines()

    assert lines[:8] == [
        'C toolchain on linux: 2 packages below //app import "C"',
        "  ./app",
        "    ./a  (x.go:1)",
        '      c.example/one  (x.go:1): imports "C"',
        "      ./deep  (x.go:2)  as below",
        "    ./deep  (x.go:2)",
        '      c.example/two  (x.go:1): imports "C"',
        "  Removing these 2 imports would make it pure:",
    ]


def test_blocked_says_why_with_file_and_line() -> None:
    broken = Node(kind=NodeKind.PACKAGE, first_party=True, listed=ALL, broken=0b100)
    finding = Diagnostic(
        path="store/s.go", line=9, code="undefined",
        message="db.Open is declared only in db_linux.go, which is not compiled on windows_amd64",
    )  # fmt: skip
    text = text_of(material(EDGES, {"store": broken}, finding))

    assert text.startswith(
        'pure on linux: no package below //app imports "C"\n\ncannot build on windows_amd64: '
    )
    assert "      ./store  (x.go:1): s.go:9: db.Open is declared only in db_linux.go\n" in text
    assert "  Removing these 2 imports would let it build:\n    run/x.go:1 imports ./store\n" in text


def test_own_files_are_the_reason() -> None:
    nowhere = Node(kind=NodeKind.TARGET, broken=ALL)
    text = text_of(material({"//app:app": ["app"]}, {"//app:app": nowhere}))

    assert text == "cannot build everywhere: it has no files to compile there\n"


def test_unknown_is_neither_c_nor_blocked() -> None:
    unknown = Node(kind=NodeKind.PACKAGE, unknown=ALL)
    text = text_of(material(EDGES, {"c.example/sqlite": unknown}))

    assert text.startswith("unknown everywhere: 1 package below //app could not be loaded\n")
    assert "Removing this import would leave nothing unknown:" in text


def test_few_ways_say_that_there_are_more() -> None:
    uses_c = Node(kind=NodeKind.PACKAGE, cgo=ON_LINUX, listed=ALL)

    assert "  and more ways: --limit\n" in text_of(material(EDGES, {"c.example/sqlite": uses_c}), limit=1)


def test_long_chains_are_no_recursion() -> None:
    names = [f"p{at}" for at in range(1500)]
    edges = {"//app:app": names[:1], **{a: [b] for a, b in pairwise(names)}}
    uses_c = Node(kind=NodeKind.PACKAGE, cgo=ON_LINUX, first_party=True, listed=ALL)

    assert "./p1498  (x.go:1)" in text_of(material(edges, {names[-1]: uses_c}), limit=1)


def test_json_has_a_schema_and_an_entry_per_platform() -> None:
    uses_c = Node(kind=NodeKind.PACKAGE, cgo=ON_LINUX, listed=ALL)
    found = material(EDGES, {"c.example/sqlite": uses_c})
    raw = json.loads(render_json([ways(found.graph, "//app:app", LINUX)], found))

    assert (raw["schema"], raw["node"]) == (1, "//app:app")
    assert raw["platforms"][0]["verdict"] == "c-toolchain"
    assert raw["platforms"][0]["cut"] == [
        {"importer": f"{ROOT}/store", "imported": "c.example/sqlite", "path": "store/x.go", "line": 1}
    ]
