"""Ways to C: chains, gates and cuts over hand-made graphs, and that a cut really ends all ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.graph.dependency import DependencyGraph, Node, NodeKind
from bazel_xc.graph.ways import Ways, ways

ON = 1


def graph(
    edges: list[tuple[str, str]], cgo: set[str], own: set[str], broken: frozenset[str] = frozenset()
) -> DependencyGraph:
    nodes = {
        node: Node(
            kind=NodeKind.PACKAGE,
            cgo=ON if node in cgo else 0,
            broken=ON if node in broken else 0,
            first_party=node in own,
        )
        for node in sorted({node for edge in edges for node in edge} | cgo | own)
    }
    table = {source: {b: ON for a, b in edges if a == source} for source, _ in edges}
    return DependencyGraph(nodes, table, ("linux_arm64",))


def test_one_gate_and_the_import_behind_it() -> None:
    edges = [("main", "a"), ("main", "b"), ("a", "db"), ("b", "db"), ("db", "x"), ("x", "sqlite")]
    found = ways(graph(edges, {"sqlite"}, {"main", "a", "b", "db"}), "main", "linux_arm64")

    assert found == Ways(
        node="main",
        platform="linux_arm64",
        ends=("sqlite",),
        shortest=(("main", "a", "db", "x", "sqlite"),),
        chains=(("main", "a", "db", "x", "sqlite"), ("main", "b", "db", "x", "sqlite")),
        gates=("db", "x", "sqlite"),
        cut=(("db", "x"),),
    )


def test_limit_says_that_there_are_more() -> None:
    edges = [("main", "a"), ("main", "b"), ("a", "c"), ("b", "c")]
    found = ways(graph(edges, {"c"}, {"main"}), "main", "linux_arm64", limit=1)

    assert (len(found.chains), found.more) == (1, True)
    assert found.cut == (("main", "a"), ("main", "b"))


def test_imports_of_others_are_not_cut() -> None:
    found = ways(graph([("x", "y"), ("y", "c")], {"c"}, set()), "x", "linux_arm64")

    assert found.cut is None


def test_what_imports_c_itself_has_no_cut() -> None:
    assert ways(graph([("main", "fmt")], {"main"}, {"main"}), "main", "linux_arm64") == Ways(
        node="main", platform="linux_arm64", ends=("main",), cut=None
    )


def test_what_is_pure_has_no_ways() -> None:
    assert ways(graph([("main", "fmt")], set(), {"main"}), "main", "linux_arm64").ends == ()


def test_what_cannot_be_built_goes_before_c() -> None:
    edges = [("main", "c"), ("main", "gone")]
    found = ways(graph(edges, {"c"}, {"main"}, frozenset({"gone"})), "main", "linux_arm64")

    assert (found.ends, found.cut) == (("gone",), (("main", "gone"),))


@given(
    st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("bcdefg")), min_size=1),
    st.sets(st.sampled_from("abcdef")),
)
def test_a_cut_ends_every_way_and_uses_own_imports_only(edges: set[tuple[str, str]], own: set[str]) -> None:
    plain = sorted((a, b) for a, b in edges if a != b)
    found = ways(graph([*plain, ("a", "z")], {"g"}, own), "a", "linux_arm64")

    if found.cut:
        assert all(importer in own for importer, _ in found.cut)
        left = graph([edge for edge in plain if edge not in found.cut] + [("a", "z")], {"g"}, own)
        assert ways(left, "a", "linux_arm64").ends == ()
    for gate in found.gates:
        assert all(gate in chain for chain in found.chains)
