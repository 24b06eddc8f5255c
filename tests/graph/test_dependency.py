"""The graph: closures, chains and verdicts per platform, over hand-made listings."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.golang.listed import ListedModule, ListedPackage
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.universe import Universe
from bazel_xc.graph.dependency import (
    NOTHING_ABSENT,
    Below,
    DependencyGraph,
    NodeKind,
    Target,
    Verdict,
    build_graph,
    cgo_above,
    unknown_above,
)
from bazel_xc.graph.imports import Absence, absence
from bazel_xc.model import Platform

LINUX = Platform("linux", "arm64", cgo=True)
WINDOWS = Platform("windows", "arm64", cgo=False)
OWN = ListedModule("example.com/m", "", "/m", main=True)
OTHER = ListedModule("example.com/o", "v1.0.0", "/o", main=False)


def package(
    path: str, imports: Iterable[str] = (), *, cgo: bool = False, empty: bool = False
) -> ListedPackage:
    standard = "." not in path.partition("/")[0]
    raw = {
        "ImportPath": path,
        "Dir": f"/{path}",
        "Name": path.rpartition("/")[2],
        "Standard": standard,
        "DepOnly": not path.startswith("example.com/m"),
        "GoFiles": [] if cgo or empty else ["x.go"],
        "CgoFiles": ["c.go"] if cgo else [],
        "Imports": [*imports, *(["C"] if cgo else [])],
    }
    if not standard:
        module = OWN if path.startswith("example.com/m") else OTHER
        raw["Module"] = {"Path": module.path, "Version": module.version, "Main": module.main}
    return ListedPackage.from_json(raw)


def listing(platform: Platform, *packages: ListedPackage) -> Listing:
    return Listing(platform, {each.import_path: each for each in packages})


def universe(*listings: Listing) -> Universe:
    return Universe.of(tuple(each.platform for each in listings), listings, {})


@pytest.fixture
def graph() -> DependencyGraph:
    """cmd -> lib -> {net, o/c}; o/c is cgo on Linux and has no files on Windows; lib has a need."""
    cmd, lib, sysc, net = "example.com/m/cmd", "example.com/m/lib", "example.com/o/c", "net"
    target = Target("//cmd:cmd", "go_binary", cmd, {"linux_arm64": (cmd,), "windows_arm64": (cmd,)})
    test = Target("//lib:lib_test", "go_test", lib, {"linux_arm64": ("net",)})
    need = CNeed(NeedKind.LIB, "z", frozenset({"linux_arm64"}), "c.go", 3)
    found = universe(
        listing(
            LINUX,
            package(cmd, [lib, "fmt"]),
            package(lib, [sysc, net]),
            package(sysc, cgo=True),
            package(net, cgo=True),
            package("fmt"),
        ),
        listing(
            WINDOWS,
            package(cmd, [lib, "fmt"]),
            package(lib, [sysc, net]),
            package(sysc, empty=True),
            package(net),
            package("fmt"),
        ),
    )
    return build_graph(found, {sysc: (need,)}, [target, test], absence(found))


def test_every_edge_has_platforms(graph: DependencyGraph) -> None:
    assert all(0 < mask < 4 for targets in graph.edges.values() for mask in targets.values())
    assert graph.names(graph.edges["example.com/m/cmd"]["fmt"]) == ("linux_arm64", "windows_arm64")
    assert graph.names(graph.edges["example.com/o/c"]["need:lib:z"]) == ("linux_arm64",)


def test_nodes_are_of_all_kinds(graph: DependencyGraph) -> None:
    assert {data.kind for data in graph.nodes.values()} == set(NodeKind)


def test_below_leaves_the_standard_library_apart(graph: DependencyGraph) -> None:
    assert graph.below("//cmd:cmd", "linux_arm64") == Below(
        cgo=("example.com/o/c",), standard_cgo=("net",), needs=("need:lib:z",), blockers=()
    )
    assert graph.below("//cmd:cmd", "windows_arm64").cgo == ()


def test_targets_with_cgo_are_those_that_reach_it() -> None:
    cmd, sysc = package("example.com/m/cmd", ["example.com/o/c", "net"]), package("example.com/o/c", cgo=True)
    found = universe(
        listing(LINUX, cmd, sysc, package("net", cgo=True)),
        listing(WINDOWS, cmd, package("example.com/o/c"), package("net")),
    )
    both = {"linux_arm64": ("example.com/m/cmd",), "windows_arm64": ("example.com/m/cmd",)}
    targets = [
        Target("//cmd:cmd", "go_binary", "example.com/m/cmd", both),
        Target("//cmd:net_test", "go_test", "example.com/m/cmd", {"linux_arm64": ("net",)}),
    ]

    assert cgo_above(found, targets) == {"//cmd:cmd": {"linux_arm64"}}
    assert unknown_above(found, targets, NOTHING_ABSENT) == frozenset()
    assert unknown_above(found, targets, Absence(unknown={"net": 1})) == {
        "net",
        "example.com/m/cmd",
        "//cmd:cmd",
        "//cmd:net_test",
    }


def test_chain_is_the_shortest_to_the_nearest(graph: DependencyGraph) -> None:
    path = ("//cmd:cmd", "example.com/m/cmd", "example.com/m/lib", "example.com/o/c")

    assert graph.chain("//cmd:cmd", ["example.com/o/c"], "linux_arm64") == path
    assert graph.chain("//cmd:cmd", ["net", "example.com/o/c", "fmt"], "linux_arm64") == (*path[:2], "fmt")
    assert graph.chain("example.com/o/c", ["//cmd:cmd"], "linux_arm64") == ()
    assert graph.chain("fmt", ["fmt"], "linux_arm64") == ("fmt",)


def test_verdicts(graph: DependencyGraph) -> None:
    assert graph.below("//cmd:cmd", "linux_arm64").verdict is Verdict.C_LIBRARIES
    assert graph.below("//cmd:cmd", "windows_arm64").verdict is Verdict.BLOCKED
    assert graph.below("//cmd:cmd", "windows_arm64").blockers == ("example.com/o/c",)
    assert graph.below("//lib:lib_test", "linux_arm64").verdict is Verdict.PURE
    assert graph.below("//lib:lib_test", "windows_arm64").verdict is Verdict.BLOCKED


def test_long_fields_are_shortened_on_demand() -> None:
    alike = [package(f"example.com/m/c{at}", cgo=True) for at in range(9)]
    top = package("example.com/m/cmd", [each.import_path for each in alike])
    graph = build_graph(universe(listing(LINUX, top, *alike)), {})

    every = graph.below("example.com/m/cmd", "linux_arm64").cgo
    below = graph.below("example.com/m/cmd", "linux_arm64", most=3)

    assert every == tuple(each.import_path for each in alike)
    assert (below.cgo, below.lengths) == (every[:3], {"cgo": 9})
    assert graph.below("example.com/m/cmd", "linux_arm64", most=9).lengths == {}


def test_cgo_without_needs_wants_a_toolchain() -> None:
    alone = package("example.com/m/c", cgo=True)
    target = Target("//c:c", "go_binary", alone.import_path, {"linux_arm64": (alone.import_path,)})

    graph = build_graph(universe(listing(LINUX, alone)), {}, [target])

    assert graph.below("//c:c", "linux_arm64").verdict is Verdict.C_TOOLCHAIN
