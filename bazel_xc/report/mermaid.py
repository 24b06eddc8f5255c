"""The part of the graph that matters for C, in the language of Mermaid.

Comes in: a ``Report``. Goes out: a flowchart. Nodes are numbered. In labels, characters with a meaning to
Mermaid or HTML are entities.
"""

from __future__ import annotations

from collections.abc import Iterator

from bazel_xc.report.model import GraphNode, Report
from bazel_xc.report.plain import plain

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_./:@+,~")


def render(report: Report) -> str:
    """The graph as a document with a final line end."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    every = set(report.run.names)
    numbers = {node.name: f"n{at}" for at, node in enumerate(report.graph.nodes)}
    yield "flowchart LR"
    for node in report.graph.nodes:
        yield f"  {numbers[node.name]}{_shape(node)}"
    for edge in report.graph.edges:
        if edge.source in numbers and edge.target in numbers:
            label = "" if every <= set(edge.platforms) else f"|{_text(', '.join(edge.platforms))}|"
            yield f"  {numbers[edge.source]} -->{label} {numbers[edge.target]}"
    yield "  classDef cgo fill:#f9d8a0,color:#000"
    yield "  classDef blocked stroke:#b00020,stroke-width:3px"
    for name, chosen in (
        ("cgo", [node for node in report.graph.nodes if node.cgo]),
        ("blocked", [node for node in report.graph.nodes if node.blocked and node.kind != "target"]),
    ):
        if chosen:
            yield f"  class {','.join(numbers[node.name] for node in chosen)} {name}"


def _shape(node: GraphNode) -> str:
    text = f'"{_text(node.name)}"'
    return {"target": f"[{text}]", "need": f">{text}]"}.get(node.kind, f"([{text}])")


def _text(text: str) -> str:
    return "".join(each if each in _SAFE else f"#{ord(each)};" for each in plain(text))
