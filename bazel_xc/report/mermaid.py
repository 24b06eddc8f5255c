"""The part of the graph that matters for C, in the language of Mermaid.

Comes in: a ``Report``. Goes out: a flowchart with at most as many edges as Mermaid draws: those nearest to
the binaries, then to the tests. Nodes are numbered. In labels, characters with a meaning to Mermaid or HTML
are entities.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from bazel_xc.report.model import GraphEdge, GraphNode, Report
from bazel_xc.report.plain import plain

MOST_EDGES = 500  # maxEdges of Mermaid, which a diagram cannot raise
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_./:@+,~")


def render(report: Report) -> str:
    """The graph as a document with a final line end."""
    return "".join(f"{line}\n" for line in _lines(report))


def left_out(report: Report) -> int:
    """The number of edges that are not drawn."""
    return max(len(report.graph.edges) - MOST_EDGES, 0)


def _lines(report: Report) -> Iterator[str]:
    every = set(report.run.names)
    edges = report.graph.edges
    nodes = report.graph.nodes
    more = left_out(report)
    if more:
        edges = _nearest(report)
        used = {name for edge in edges for name in (edge.source, edge.target)}
        nodes = tuple(node for node in nodes if node.name in used)
    numbers = {node.name: f"n{at}" for at, node in enumerate(nodes)}
    yield "flowchart LR"
    if more:
        hint = "choose targets with --target"
        yield f'  left["{more} more edges are left out, as Mermaid draws {MOST_EDGES}: {hint}"]'
    for node in nodes:
        yield f"  {numbers[node.name]}{_shape(node)}"
    for edge in edges:
        if edge.source in numbers and edge.target in numbers:
            label = "" if every <= set(edge.platforms) else f"|{_text(', '.join(edge.platforms))}|"
            yield f"  {numbers[edge.source]} -->{label} {numbers[edge.target]}"
    yield "  classDef cgo fill:#f9d8a0,color:#000"
    yield "  classDef blocked stroke:#b00020,stroke-width:3px"
    for name, chosen in (
        ("cgo", [node for node in nodes if node.cgo]),
        ("blocked", [node for node in nodes if node.blocked and node.kind != "target"]),
    ):
        if chosen:
            yield f"  class {','.join(numbers[node.name] for node in chosen)} {name}"


def _nearest(report: Report) -> tuple[GraphEdge, ...]:
    """The edges that are met first on a walk from the binaries, and then from the tests."""
    below: dict[str, list[GraphEdge]] = {}
    for edge in report.graph.edges:
        below.setdefault(edge.source, []).append(edge)
    found: list[GraphEdge] = []
    seen: set[str] = set()
    for target in sorted(report.targets, key=lambda each: (each.is_test, each.is_pure, each.label)):
        pending = deque([target.label])
        while pending and len(found) < MOST_EDGES:
            name = pending.popleft()
            if name not in seen:
                seen.add(name)
                found += below.get(name, ())
                pending.extend(edge.target for edge in below.get(name, ()))
    return tuple(found[:MOST_EDGES])


def _shape(node: GraphNode) -> str:
    text = f'"{_text(node.name)}"'
    return {"target": f"[{text}]", "need": f">{text}]"}.get(node.kind, f"([{text}])")


def _text(text: str) -> str:
    return "".join(each if each in _SAFE else f"#{ord(each)};" for each in plain(text))
