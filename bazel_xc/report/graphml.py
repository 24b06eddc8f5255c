"""The part of the graph that matters for C, as GraphML for yEd, Gephi and the like.

Comes in: a ``Report``. Goes out: XML with typed attributes on nodes and edges.
It draws nothing. Source: the GraphML primer of the Graph Drawing community.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bazel_xc.report.model import GraphEdge, GraphNode, Report
from bazel_xc.report.plain import plain

_KEYS = (
    ("kind", "node", "string"),
    ("first_party", "node", "boolean"),
    ("cgo", "node", "string"),
    ("blocked", "node", "string"),
    ("platforms", "edge", "string"),
)


def render(report: Report) -> str:
    """The graph as an XML document with a final line end."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for name, owner, kind in _KEYS:
        yield f'  <key id="{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>'
    yield '  <graph id="cgo" edgedefault="directed">'
    for node in report.graph.nodes:
        yield from _node(node)
    for edge in report.graph.edges:
        yield from _edge(edge)
    yield "  </graph>"
    yield "</graphml>"


def _node(node: GraphNode) -> Iterator[str]:
    yield f'    <node id="{_text(node.name)}">'
    yield _data("kind", node.kind)
    yield _data("first_party", "true" if node.first_party else "false")
    yield _data("cgo", " ".join(node.cgo))
    yield _data("blocked", " ".join(node.blocked))
    yield "    </node>"


def _edge(edge: GraphEdge) -> Iterator[str]:
    ends = f'source="{_text(edge.source)}" target="{_text(edge.target)}"'
    yield f"    <edge {ends}>"
    yield _data("platforms", " ".join(edge.platforms))
    yield "    </edge>"


def _data(key: str, text: str) -> str:
    return f'      <data key="{key}">{_text(text)}</data>'


def _text(text: str) -> str:
    return escape(plain(text))
