"""The part of the graph that matters for C, in the language of Graphviz.

Comes in: a ``Report``. Goes out: a digraph with sorted nodes and edges. Names are quoted strings, never
markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from bazel_xc.report.model import GraphNode, Report
from bazel_xc.report.plain import plain

_SHAPES = {"target": "box", "package": "ellipse", "need": "note"}


def render(report: Report) -> str:
    """The graph as a document with a final line end."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    every = set(report.run.names)
    yield "digraph cgo {"
    yield "  rankdir=LR;"
    yield '  node [fontname="sans-serif"];'
    for node in report.graph.nodes:
        yield f"  {_quoted(node.name)} [{_style(node)}];"
    for edge in report.graph.edges:
        missing = every - set(edge.platforms)
        label = f" [label={_quoted(', '.join(edge.platforms))}]" if missing else ""
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)}{label};"
    yield "}"


def _style(node: GraphNode) -> str:
    parts = [f"shape={_SHAPES.get(node.kind, 'ellipse')}"]
    if node.cgo:
        parts += ["style=filled", 'fillcolor="#f9d8a0"']
    if node.blocked and node.kind != "target":
        parts += ['color="#b00020"', "penwidth=2"]
    return ", ".join(parts)


def _quoted(text: str) -> str:
    """A string with escaped backslashes, some of which Graphviz would read as commands."""
    escaped = plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
