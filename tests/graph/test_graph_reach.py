"""What nodes reach, by masks and by distances, held against plain walks over made-up graphs."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.graph.reach import Nearest, Reach, chains

NODES = "abcdefgh"
EDGES = st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=24)


def successors(edges: set[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    return {node: tuple(sorted(b for a, b in edges if a == node)) for node in NODES}


@given(EDGES, st.sets(st.sampled_from(NODES)))
def test_reach_is_that_of_a_walk_cycles_included(edges: set[tuple[str, str]], marked: set[str]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(edges)
    graph.add_nodes_from(NODES)

    found = Reach.of(successors(edges), marked)

    for node in NODES:
        expected = (nx.descendants(graph, node) | {node}) & marked
        assert found.names(found.masks[node]) == tuple(sorted(expected))


@given(EDGES, st.sampled_from(NODES), st.sets(st.sampled_from(NODES), min_size=1))
def test_shortest_is_the_first_that_a_walk_in_the_order_of_names_finds(
    edges: set[tuple[str, str]], source: str, ends: set[str]
) -> None:
    forward = successors(edges)
    backward = {node: tuple(sorted(a for a, b in edges if b == node)) for node in NODES}

    expected = _walked(source, forward, ends)
    assert Nearest.of(backward, ends).chain(source) == expected
    assert next(iter(chains(source, forward, ends).values()), ()) == expected


@given(EDGES, st.sampled_from(NODES), st.sets(st.sampled_from(NODES)))
def test_chains_are_those_to_each_end_alone(edges: set[tuple[str, str]], source: str, ends: set[str]) -> None:
    forward = successors(edges)

    alone = {end: _walked(source, forward, {end}) for end in ends}
    assert chains(source, forward, ends) == {end: chain for end, chain in alone.items() if chain}


def _walked(source: str, forward: Mapping[str, tuple[str, ...]], ends: set[str]) -> tuple[str, ...]:
    """Layer by layer; each node remembers who found it first."""
    layer, before = [source], {source: ""}
    while layer:
        hit = min((node for node in layer if node in ends), default="")
        if hit:
            path = [hit]
            while before[path[-1]]:
                path.append(before[path[-1]])
            return tuple(reversed(path))
        following = []
        for node in layer:
            for each in forward[node]:
                if each not in before:
                    before[each] = node
                    following.append(each)
        layer = sorted(following)
    return ()


def test_mask_names_the_marked_nodes_among_some() -> None:
    found = Reach.of({"a": ("b",), "b": ()}, {"a", "b"})

    assert found.names(found.mask_of({"b", "c"})) == ("b",)
    assert found.names(found.mask_of({"a", "b"}), most=1) == ("a",)
    assert found.masks == {"a": 3, "b": 2}


def test_long_chain_does_not_recurse() -> None:
    chain = {f"n{at:05}": (f"n{at + 1:05}",) for at in range(20_000)}

    assert Reach.of(chain, {"n20000"}).masks["n00000"] == 1


def test_long_cycle_is_one_component() -> None:
    cycle = {f"n{at:05}": (f"n{(at + 1) % 20_000:05}",) for at in range(20_000)}

    assert set(Reach.of(cycle, {"n00003", "n00007"}).masks.values()) == {3}
