"""``bazel-xc why``: shows why a package or target needs C, and how to end that.

Comes in: an import path, a directory or a label. Goes out: per platform the chains of imports, the
packages that all of them contain, and the fewest imports whose removal breaks all of them.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from bazel_xc.cli.common import from_root, renderer, run_options, shared_options, show
from bazel_xc.cli.progress import working
from bazel_xc.cli.terminal import page_for
from bazel_xc.commands.material import material_of
from bazel_xc.commands.snapshot import Snapshot, take_snapshot
from bazel_xc.errors import WorkspaceError
from bazel_xc.graph.ways import ways
from bazel_xc.report.build import Material

FORMATS = {
    "json": "bazel_xc.report.why_format:render_json",
    "text": "bazel_xc.report.why_format:render_text",
}


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "why",
        parents=[shared_options()],
        help=summary,
        description="Shows per platform the imports through which a package or target needs C or cannot be"
        " built, and which of your own imports to remove.",
    )
    parser.add_argument("node", metavar="PACKAGE", help="an import path, ./directory, or a label //dir:name")
    parser.add_argument(
        "--limit", type=int, default=10, metavar="N", help="show at most N further chains; default: 10"
    )
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    with working(options) as at:
        snapshot = options.snapshot = take_snapshot(run_options(options))
        at("looking for C libraries")
        material = material_of(snapshot)
    failed = show(snapshot.diagnostics, options)
    path = from_root(options.node, options) if options.node.startswith(".") else None
    node = _node(options.node, path, material, snapshot)
    with working(options) as at:
        at(f"looking for ways from {node}")
        graphs = {name: material.graph_of(node, name) for name in material.graph.platforms}
        found = [ways(graph, node, name, max(1, options.limit)) for name, graph in graphs.items() if graph]
    if not found:
        only = next(each.only for each in material.targets if each.label == node)
        raise WorkspaceError(f"{node}: its rule sets its own platform, {only}, which is not configured")
    render = renderer(FORMATS[options.format])
    text = (
        render(found, material, page_for(options, sys.stdout))
        if options.format == "text"
        else render(found, material)
    )
    print(text, end="")
    return 1 if failed else 0


def _node(text: str, path: str | None, material: Material, snapshot: Snapshot) -> str:
    """The node with a name: a target, or a package by its import path, its directory or the end of that, or a
    label of its library. Raises ``WorkspaceError`` with similar names if there is none.
    """
    graph, own = material.graph.nodes, snapshot.universe.own
    short = f"{text}:{text.rpartition('/')[2]}" if text.startswith("//") and ":" not in text else text
    directory = text.removeprefix("//").partition(":")[0].strip("/") if path is None else path
    below = [each for each in own if directory and each.endswith(f"/{directory}")]
    paths: list[str] = [own[each].import_path for each in ([directory] if directory in own else below)]
    packages = [each for each in paths if each in graph]
    for candidate in (text, short, *(packages if len(packages) == 1 else ())):
        if candidate in graph:
            return str(candidate)
    near = sorted(node for node in graph if text.strip("/.") in node and not node.startswith("need:"))[:3]
    hint = f"; did you mean {' or '.join(near)}?" if near else "; see: bazel-xc report"
    raise WorkspaceError(f"{text}: no package or target of that name{hint}")
