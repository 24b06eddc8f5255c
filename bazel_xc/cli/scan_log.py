"""``bazel-xc scan-log``: finds known failures in a build log, with cause and remedy.

Comes in: a log, in a file or on standard input, and a saved report where failures are to be told by
targets. Goes out: findings on standard output, exit code 1 where one is as bad as ``--fail-on`` says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bazel_xc.artifact.log_format import FORMATS, Known
from bazel_xc.artifact.patterns import Patterns, load_patterns
from bazel_xc.artifact.scan import Finding, Scan, scan
from bazel_xc.cli.common import shared_options
from bazel_xc.cli.files import text_of, unreadable
from bazel_xc.clibs.registry import Library, load_registry
from bazel_xc.model import Severity
from bazel_xc.report.plain import plain

_RANKS = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}
_LIMITS = {"error": 2, "warning": 1, "note": 0, "never": 3}


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "scan-log",
        parents=[shared_options()],
        help="find known failures in a build log",
        description="Finds known failures of cgo, linking and cross builds in a log, with cause and remedy.",
    )
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="default: standard input")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="a report saved as JSON: names the targets that are stopped",
    )
    parser.add_argument("--fail-on", choices=tuple(_LIMITS), default="error", help="default: error")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command; gives its exit code."""
    patterns = load_patterns()
    targets = _targets(options.report, options.root.resolve()) if options.report else {}
    found = _scanned(options.file, patterns)
    known = Known(providers=dict(_providers(found.findings, patterns)), targets=targets)
    for line in FORMATS[options.format](found, known):
        print(plain(line))
    worst = max((_RANKS[each.pattern.severity] for each in found.findings), default=-1)
    return 1 if worst >= _LIMITS[options.fail_on] else 0


def _scanned(file: str, patterns: Patterns) -> Scan:
    try:
        if file == "-":
            return scan(sys.stdin.buffer, patterns)
        with Path(file).open("rb") as stream:
            return scan(stream, patterns)
    except OSError as e:
        raise unreadable(file, e) from None


def _providers(findings: tuple[Finding, ...], patterns: Patterns) -> Iterator[tuple[tuple[str, str], str]]:
    """Who provides the headers, libraries and symbols that are missed, by the table of known libraries."""
    registry = load_registry()
    for each in findings:
        for kind, name in each.names.items():
            if kind == "header":
                yield (kind, name), _told(registry.by_header(name) or registry.by_header_tail(name))
            elif kind == "library":
                yield (kind, name), _told(registry.by_lib(name))
            elif kind == "symbol" and patterns.library_of(name):
                library = patterns.library_of(name)
                yield (kind, name), f"{name} is in -l{library}{_behind(_told(registry.by_lib(library)))}"


def _behind(told: str) -> str:
    return f": {told}" if told else ", which the system brings or nobody known"


def _told(libraries: tuple[Library, ...]) -> str:
    return "; ".join(_one(each) for each in libraries[:3])


def _one(library: Library) -> str:
    parts = [" or ".join(map(str, library.labels))] if library.labels else []
    if library.module:
        parts.append(f'bazel_dep(name = "{library.module}", version = "{library.version}")')
    if library.debian:
        parts.append(f"Debian {library.debian}")
    return f"{library.name} ({', '.join(parts)})" if parts else library.name


def _targets(path: Path, root: Path) -> Mapping[str, tuple[str, ...]]:
    """The targets of a report by label, by folder, by their package and by the cgo packages below them."""
    # Only with --report: it loads what reads reports.
    from bazel_xc.report.json_format import load  # noqa: PLC0415

    found: dict[str, set[str]] = {}
    for target in load(text_of(path), str(path)).targets:
        below = {
            name
            for on in target.platforms.values()
            for name in (*on.cgo_packages, *on.blockers, *on.fallbacks)
        }
        folder = root / target.label.removeprefix("//").partition(":")[0]
        for name in {target.label, str(folder), target.package, *below}:
            found.setdefault(name, set()).add(target.label)
    return {name: tuple(sorted(labels)) for name, labels in found.items()}
