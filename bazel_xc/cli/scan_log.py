"""``bazel-xc scan-log``: finds known failures in a build log, with cause and remedy.

Comes in: a log, in a file or on standard input, and optionally a saved report with targets. Goes out:
findings on standard output, exit code 1 if one is at least as severe as ``--fail-on``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from attrs import evolve

from bazel_xc.artifact.log_format import FORMATS, Known
from bazel_xc.artifact.patterns import Patterns, load_patterns
from bazel_xc.artifact.scan import Scan, scan
from bazel_xc.cli.common import shared_options
from bazel_xc.cli.files import unreadable
from bazel_xc.model import Severity
from bazel_xc.report.plain import plain

_RANKS = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}
_LIMITS = {"error": 2, "warning": 1, "note": 0, "never": 3}


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "scan-log",
        parents=[shared_options()],
        help=summary,
        description="Finds known failures of cgo, linking and cross builds in a log, with cause and remedy.",
    )
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the log; default: standard input"
    )
    parser.add_argument(
        "--format",
        choices=sorted(FORMATS),
        default="text",
        help="github: workflow commands, which become annotations; default: text",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="a saved JSON report; names the targets that depend on the failed package",
    )
    parser.add_argument(
        "--fail-on",
        choices=tuple(_LIMITS),
        default="error",
        help="the lowest severity with exit code 1; default: error",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    patterns = load_patterns()
    known = Known()
    if options.report:
        from bazel_xc.cli.known import targets_by_name  # noqa: PLC0415 - it loads the model of reports

        known = evolve(known, targets=targets_by_name(options.report, options.root.resolve()))
    found = _scanned(options.file, patterns)
    if found.findings:
        from bazel_xc.cli.known import providers  # noqa: PLC0415 - it loads the table of C libraries

        known = evolve(known, providers=dict(providers(found.findings, patterns)))
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
