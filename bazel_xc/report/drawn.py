"""The graph in a report as a graph to ask, so that saved reports answer what fresh ones do.

Comes in: a ``Report``. Goes out: a ``DependencyGraph`` of the part that a report has: what leads to C, or to
something that cannot be built or loaded. Packages of the standard library and pure packages are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from bazel_xc.graph.dependency import DependencyGraph, Node
from bazel_xc.report.model import Report


def graph_of(report: Report) -> DependencyGraph:
    """The graph of a report."""
    names = report.run.names
    bits = {name: 1 << at for at, name in enumerate(names)}

    def mask(platforms: Iterable[str]) -> int:
        return sum(bits.get(each, 0) for each in platforms)

    nodes = {
        each.name: Node(
            kind=each.kind,
            cgo=mask(each.cgo),
            broken=mask(each.blocked),
            unknown=mask(each.unknown),
            listed=mask(names),
            first_party=each.first_party,
        )
        for each in report.graph.nodes
    }
    edges: dict[str, dict[str, int]] = {}
    for edge in report.graph.edges:
        if edge.source in nodes and edge.target in nodes:
            edges.setdefault(edge.source, {})[edge.target] = mask(edge.platforms)
    return DependencyGraph(nodes, edges, names)
