"""What is known about the names in a build log: providers of missing C, and targets.

Comes in: the findings of a log, or a saved report. Goes out: providers and targets by name, for ``scan-log``.
It reads no log. ``scan-log`` imports this module only where it is needed, since it loads the table of C
libraries and the model of reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bazel_xc.artifact.patterns import Patterns
from bazel_xc.artifact.scan import Finding
from bazel_xc.cli.files import text_of
from bazel_xc.clibs.registry import Library, load_registry
from bazel_xc.graph.reach import Reach
from bazel_xc.report.json_format import load
from bazel_xc.report.model import Report


def providers(findings: Iterable[Finding], patterns: Patterns) -> Iterator[tuple[tuple[str, str], str]]:
    """The providers of missing headers, libraries and symbols, by kind and name."""
    registry = load_registry()
    for each in findings:
        for kind, name in each.names.items():
            if kind == "header":
                yield (kind, name), _text(registry.by_header(name) or registry.by_header_tail(name))
            elif kind == "library":
                yield (kind, name), _text(registry.by_lib(name))
            elif kind == "symbol" and patterns.library_of(name):
                library = patterns.library_of(name)
                known = _text(registry.by_lib(library))
                rest = f": {known}" if known else ", which is part of the system or of an unknown package"
                yield (kind, name), f"{name} is in -l{library}{rest}"


def targets_by_name(path: Path, root: Path) -> Mapping[str, tuple[str, ...]]:
    """The targets of a saved report by label, by folder, by their package and by the cgo packages below them.

    Raises ``ReadError`` or ``ReportError``.
    """
    found: dict[str, set[str]] = {}
    report = load(text_of(path), str(path))
    reach = _reach(report)
    for target in report.targets:
        platforms = target.platforms.values()
        below = {name for on in platforms for name in (*on.cgo_packages, *on.blockers, *on.fallbacks)}
        if any(on.lengths for on in platforms):
            below.update(reach.names(reach.masks.get(target.label, 0)))
        folder = root / target.label.removeprefix("//").partition(":")[0]
        for name in {target.label, str(folder), target.package, *below}:
            found.setdefault(name, set()).add(target.label)
    return {name: tuple(sorted(labels)) for name, labels in found.items()}


def _reach(report: Report) -> Reach:
    """The packages with C, or that cannot be built, below every node, on any platform."""
    below: dict[str, list[str]] = {}
    for edge in report.graph.edges:
        below.setdefault(edge.source, []).append(edge.target)
    marked = (node.name for node in report.graph.nodes if node.cgo or node.blocked)
    return Reach.of(below, marked)


def _text(libraries: tuple[Library, ...]) -> str:
    return "; ".join(_one(each) for each in libraries[:3])


def _one(library: Library) -> str:
    parts = [" or ".join(map(str, library.labels))] if library.labels else []
    if library.module:
        parts.append(f'bazel_dep(name = "{library.module}", version = "{library.version}")')
    if library.debian:
        parts.append(f"Debian {library.debian}")
    return f"{library.name} ({', '.join(parts)})" if parts else library.name
