"""How a node comes to need C on a platform, and which imports to remove to end that.

Comes in: the dependency graph and a node. Goes out: ``Ways``: chains of imports, the packages that all of
them pass, and the smallest set of the user's own imports without which there is no chain. The ends are
packages that import "C", or packages that cannot be built; cgo in the standard library does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import networkx as nx
from attrs import frozen

from bazel_xc.graph.dependency import DependencyGraph, NodeKind

_SINK = "\0"  # not the name of any node


@frozen(kw_only=True)
class Ways:
    """The ways from a node to ``ends`` on one platform.

    ``shortest`` has one chain per end, ``chains`` the shortest of all up to a limit; ``more`` is true if
    there are others. Every chain passes ``gates``, in this order. ``cut`` are imports, importer first, whose
    removal leaves no way; None if the user's own imports alone cannot end it.
    """

    node: str
    platform: str
    ends: tuple[str, ...]
    shortest: tuple[tuple[str, ...], ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    more: bool = False
    gates: tuple[str, ...] = ()
    cut: tuple[tuple[str, str], ...] | None = ()


def ways(graph: DependencyGraph, node: str, platform: str, limit: int = 20) -> Ways:
    """The ways from a node to C, or to packages that cannot be built or loaded if there are any."""
    below = graph.below(node, platform)
    ends = tuple(each for each in (below.blockers or below.unknown or below.cgo) if each != node)
    if not ends:
        own = node in (*below.blockers, *below.unknown, *below.cgo)
        return Ways(node=node, platform=platform, ends=(node,) if own else (), cut=None if own else ())
    part = _slice(graph, node, ends, platform)
    shortest = graph.chains(node, ends, platform)
    chains = tuple(islice(_chains(part, node), limit + 1))
    return Ways(
        node=node,
        platform=platform,
        ends=ends,
        shortest=tuple(shortest.get(end, ()) for end in ends),
        chains=chains[:limit],
        more=len(chains) > limit,
        gates=_gates(part, node),
        cut=_cut(graph, part, node),
    )


def _slice(graph: DependencyGraph, node: str, ends: Iterable[str], platform: str) -> nx.DiGraph[str]:
    """The part of the graph on any way, with an edge from every end to one sink."""
    whole = graph.on(platform)
    reached = whole.closure(node)
    ends = [end for end in ends if end in reached]
    kept = reached & whole.origins(ends)
    part: nx.DiGraph[str] = nx.DiGraph()
    part.add_nodes_from(sorted(kept))
    part.add_edges_from((a, b) for a in sorted(kept) for b in whole.successors.get(a, ()) if b in kept)
    part.add_edges_from((end, _SINK) for end in sorted(ends))
    return part


def _chains(part: nx.DiGraph[str], node: str) -> Iterable[tuple[str, ...]]:
    return (tuple(path[:-1]) for path in nx.shortest_simple_paths(part, node, _SINK))


def _gates(part: nx.DiGraph[str], node: str) -> tuple[str, ...]:
    """The nodes on every way: the dominators of the sink."""
    above = nx.immediate_dominators(part, node)
    found: list[str] = []
    at = above.get(_SINK, node)
    while at is not None and at != node:
        found.append(at)
        at = above.get(at)
    return tuple(reversed(found))


def _cut(graph: DependencyGraph, part: nx.DiGraph[str], node: str) -> tuple[tuple[str, str], ...] | None:
    """A minimum cut in which only imports by first-party packages may be cut."""
    for importer, imported in part.edges:
        if imported != _SINK and _is_own(graph, importer):
            part.edges[importer, imported]["capacity"] = 1
    try:
        _, (near, far) = nx.minimum_cut(part, node, _SINK)
    except nx.NetworkXUnbounded:
        return None
    return tuple(sorted((a, b) for a, b in part.edges if a in near and b in far))


def _is_own(graph: DependencyGraph, node: str) -> bool:
    found = graph.nodes.get(node)
    return bool(found and found.kind is NodeKind.PACKAGE and found.first_party)
